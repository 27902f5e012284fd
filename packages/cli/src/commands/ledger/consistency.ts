import { decodeBase64, parseVerifierKey, verifyConsistency } from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { readTextFile } from '../../parse-options.ts';
import { requireCheckpoint } from './describe-checkpoint.ts';
import { streamOption } from './stream-option.ts';

interface Side {
  readonly size: number;
  readonly note: string | null;
}

interface Consistency {
  readonly older: Side;
  readonly newer: Side;
  readonly path: readonly string[];
}

export const proveConsistency = defineCommand<{ vkey?: string; stream?: string }>({
  usage: 'consistency <old> [new]',
  summary: 'that one tree is the start of another, of two sizes or files with checkpoints, checked here',
  options: [{ flags: '--vkey <key>', summary: "the log's verifier key, known from elsewhere" }, streamOption],
  examples: ['ledger consistency checkpoint.txt', 'ledger consistency 100 200 --json'],
  async run(session, { vkey, stream }, old = '', newer) {
    const api = session.api();
    const key = vkey ?? (await api.get<{ vkey: string }>('/v1/ledger/checkpoint', { stream })).vkey;
    if (parseVerifierKey(key) === undefined) throw new CliError(`${key} is no verifier key of a log`);
    const [held, other] = [old, newer].map((text) => readSide(text, key));
    const query = { old: held?.size, new: other?.size, stream };
    const answer = await api.get<Consistency>('/v1/ledger/consistency', query);
    const notes = [held?.note ?? answer.older.note, other?.note ?? answer.newer.note];
    const [one, two] = notes.map((note, index) =>
      note === null
        ? undefined
        : requireCheckpoint(note, index === 0 ? 'the older' : 'the newer', { vkey: key }),
    );
    const path = answer.path.map((hash) => decodeBase64(hash) ?? new Uint8Array());
    // A root that was never signed leaves nothing to check the proof with.
    const isChecked = one !== undefined && two !== undefined;
    const isProven = isChecked && verifyConsistency(one.size, one.root, two.size, two.root, path);
    const { older, newer: last } = answer;
    if (session.json) session.print.item({ ...answer, checked: isChecked, proven: isProven }, []);
    else if (!isChecked) session.print.text(answer.path.join('\n'));
    else
      session.print.text(
        isProven
          ? `proven: the first ${older.size} of ${last.size} records are those that were signed then`
          : `NOT PROVEN: the tree of ${last.size} does not start with the tree of ${older.size}`,
      );
    if (!isChecked) session.print.note('Not checked: one of these sizes was never signed.');
    return isProven || !isChecked ? exitCodes.done : exitCodes.verificationFailed;
  },
});

/** A size, or a file with a checkpoint of this log. */
function readSide(text: string | undefined, vkey: string): Side | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return { size: Number(text), note: null };
  const note = readTextFile(text);
  return { size: requireCheckpoint(note, text, { vkey }).size, note };
}
