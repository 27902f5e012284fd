import {
  computeRoot,
  equalBytes,
  listPeaks,
  MerkleFrontier,
  parseCheckpoint,
  parseNote,
  type VerifierKey,
  verifyNote,
} from '@countersign/ledger';
import type { StoredCheckpoint } from './database.ts';
import { keepMissingNodes } from './keep-missing-nodes.ts';
import { keptLevels } from './ledger-layout.ts';
import {
  findNewestCheckpoint,
  findNewestRecord,
  type RunStatement,
  readTreeRows,
} from './ledger-statements.ts';
import { positionOf } from './ledger-streams.ts';
import type { LedgerMark } from './ledger-writer.ts';
import { foldHashes, readHashes, readTree, type TreeRows } from './read-tree.ts';
import { StoreFailure } from './store-failure.ts';

const group = 2 ** keptLevels;
/** How many of the newest records in complete groups are hashed again at every start. */
const recheckedGroups = 256;

/**
 * Rebuilds the tree's frontier from the tables and holds it against the last signed checkpoint. Throws
 * `ledger.tampered` when the log is shorter than what was signed, or another. (`ledger verify` checks every record;
 * this takes milliseconds.)
 */
export async function openLedger(
  run: RunStatement,
  { stream, key }: { readonly stream: number; readonly key: VerifierKey },
): Promise<LedgerMark> {
  const rows = readTreeRows(run, stream);
  const newest = await findNewestRecord(run, stream);
  const size = newest === undefined ? 0 : positionOf(newest.seq) + 1;
  await keepMissingNodes(run, stream, rows, size);
  await recheckGroups(rows, size);
  await compareWithCheckpoint(await findNewestCheckpoint(run, stream), rows, size, key);
  return { frontier: new MerkleFrontier(size, await readPeaks(rows, size)), newestAt: newest?.at ?? 0 };
}

async function recheckGroups(rows: TreeRows, size: number): Promise<void> {
  const end = Math.floor(size / group);
  const first = Math.max(0, end - recheckedGroups);
  const kept = await readHashes(rows, keptLevels, first, end - first);
  const leaves = await readHashes(rows, 0, first * group, (end - first) * group);
  for (const [at, hash] of kept.entries()) {
    if (equalBytes(hash, foldHashes(leaves.slice(at * group, (at + 1) * group)))) continue;
    const from = (first + at) * group;
    throw tampered(`records ${from} to ${from + group - 1} were changed`);
  }
}

async function compareWithCheckpoint(
  row: StoredCheckpoint | undefined,
  rows: TreeRows,
  size: number,
  key: VerifierKey,
): Promise<void> {
  if (row === undefined) return;
  const note = parseNote(row.note);
  const checkpoint = note && parseCheckpoint(note.text);
  if (note === undefined || checkpoint === undefined || checkpoint.size !== row.size) {
    throw tampered('the last checkpoint is malformed');
  }
  if (checkpoint.origin !== key.name || verifyNote(note, key) !== 'verified') {
    throw tampered("the last checkpoint is not signed by this ledger's key");
  }
  if (checkpoint.size > size) {
    throw tampered(`${checkpoint.size} records were signed, ${size} are there`);
  }
  const root = await computeRoot(checkpoint.size, readTree(rows));
  if (!equalBytes(root, checkpoint.root)) {
    throw tampered(`the first ${checkpoint.size} records are not those that were signed`);
  }
}

async function readPeaks(rows: TreeRows, size: number): Promise<Uint8Array[]> {
  const hashAt = readTree(rows);
  const peaks: Uint8Array[] = [];
  // One after the other, because there is one connection.
  for (const { level, index } of listPeaks(size)) peaks.push(await hashAt(level, index));
  return peaks;
}

function tampered(message: string): StoreFailure {
  return new StoreFailure({ kind: 'refused', code: 'ledger.tampered', message });
}
