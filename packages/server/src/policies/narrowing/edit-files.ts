import { AppError } from '@countersign/api';
import type { PolicyFile } from '../bundle/complaint.ts';
import { parseBundle } from '../bundle/parse-bundle.ts';
import { isSamePolicy } from './find-dropped.ts';
import { type NarrowingName, nameNarrowing, nameNarrowingFile } from './narrowing-name.ts';

/** A policy that a review adds to a bundle, and nothing else of it. */
export interface NarrowingText extends NarrowingName {
  readonly text: string;
}

const head = `// Written by an access review. Each policy here takes away from one agent what it did not use; none can grant
// anything. A bundle without this file gives it back.
`;

/** The bundle with the policy at the end of the file of its review. */
export function addNarrowing(files: readonly PolicyFile[], added: NarrowingText): readonly PolicyFile[] {
  const name = nameNarrowingFile(added.review);
  const before = files.find((file) => file.name === name)?.text.trimEnd() ?? head.trimEnd();
  return [...files.filter((file) => file.name !== name), { name, text: `${before}\n\n${added.text}\n` }];
}

/**
 * The bundle without the policy, and without its file when that was the last one in it; undefined when it is not in the
 * bundle. Throws `review.not_undoable` when it says something else by now: somebody meant that.
 */
export function removeNarrowing(
  files: readonly PolicyFile[],
  removed: NarrowingText,
): readonly PolicyFile[] | undefined {
  const name = nameNarrowingFile(removed.review);
  const file = files.find((one) => one.name === name);
  if (file === undefined) return undefined;
  const { policies } = parseBundle([file]);
  const id = nameNarrowing(removed);
  const found = policies.find((policy) => policy.id === id);
  if (found === undefined) return undefined;
  const [written] = parseBundle([{ name, text: removed.text }]).policies;
  if (written === undefined || !isSamePolicy(found, written))
    throw new AppError('review.not_undoable', { detail: `policy ${id} was changed since` });
  const others = files.filter((one) => one !== file);
  if (policies.length === 1) return others;
  const { start, text } = found.source;
  const [before, after] = [file.text.slice(0, start), file.text.slice(start + text.length)];
  return [...others, { name, text: `${before.trimEnd()}\n\n${after.trimStart()}`.trimEnd().concat('\n') }];
}
