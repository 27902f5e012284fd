import { parseBundle } from '../bundle/parse-bundle.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import type { NarrowingText } from './edit-files.ts';
import { isSamePolicy } from './find-dropped.ts';
import { nameNarrowingFile } from './narrowing-name.ts';

/** `observed`: it is there, and somebody has set its mode so that it does not count. */
export type NarrowingStanding = 'in_force' | 'observed' | 'changed' | 'missing';

/** What has become of what a review added to the policies. */
export function findStanding(live: LiveBundle | null, written: NarrowingText): NarrowingStanding {
  const file = { name: nameNarrowingFile(written.review), text: written.text };
  const [policy] = parseBundle([file]).policies;
  const found = live?.policies.find(({ id }) => id === policy?.id);
  if (live === null || policy === undefined || found === undefined) return 'missing';
  if (!isSamePolicy(policy, found)) return 'changed';
  return (live.modes.get(found.id) ?? 'enforce') === 'enforce' ? 'in_force' : 'observed';
}
