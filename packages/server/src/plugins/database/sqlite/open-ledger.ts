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
import { keptLevels } from '../ledger-layout.ts';
import type { Connection } from './connection.ts';
import { StoreFailure } from './failure.ts';
import { LedgerWriter } from './ledger-writer.ts';
import { foldHashes, readHashes, readTree } from './read-tree.ts';

const tile = 2 ** keptLevels;
/** How many of the newest complete tiles are hashed again from their entries at every start. */
const recheckedTiles = 16;

/**
 * Rebuilds the tree's frontier from the tables and holds it against the last signed checkpoint. Throws `tampered` when
 * the log is shorter than what was signed, or another. (`ledger verify` checks every record; this takes milliseconds.)
 */
export async function openLedger(
  connection: Connection,
  stream: string,
  key: VerifierKey,
): Promise<LedgerWriter> {
  const newest = connection.prepare('SELECT seq, at FROM ledger_entries ORDER BY seq DESC LIMIT 1').get();
  const size = newest === undefined ? 0 : Number(newest.seq) + 1;
  recheckTiles(connection, size);
  await compareWithCheckpoint(connection, size, key);
  const frontier = new MerkleFrontier(size, await readPeaks(connection, size));
  return new LedgerWriter(connection, stream, frontier, Number(newest?.at ?? 0));
}

function recheckTiles(connection: Connection, size: number): void {
  const complete = Math.floor(size / tile);
  for (let position = Math.max(0, complete - recheckedTiles); position < complete; position += 1) {
    const [kept] = readHashes(connection, keptLevels, position, 1);
    const computed = foldHashes(readHashes(connection, 0, position * tile, tile));
    if (kept === undefined || !equalBytes(kept, computed)) {
      throw new StoreFailure(
        'tampered',
        `records ${position * tile} to ${position * tile + tile - 1} were changed`,
      );
    }
  }
}

async function compareWithCheckpoint(connection: Connection, size: number, key: VerifierKey): Promise<void> {
  const row = connection
    .prepare('SELECT size, note FROM ledger_checkpoints ORDER BY size DESC LIMIT 1')
    .get();
  if (row === undefined) return;
  const note = parseNote(String(row.note));
  const checkpoint = note && parseCheckpoint(note.text);
  if (note === undefined || checkpoint === undefined || checkpoint.size !== Number(row.size)) {
    throw new StoreFailure('tampered', 'the last checkpoint is malformed');
  }
  if (checkpoint.origin !== key.name || verifyNote(note, key) !== 'verified') {
    throw new StoreFailure('tampered', "the last checkpoint is not signed by this ledger's key");
  }
  if (checkpoint.size > size) {
    throw new StoreFailure('tampered', `${checkpoint.size} records were signed, ${size} are there`);
  }
  const root = await computeRoot(checkpoint.size, readTree(connection));
  if (!equalBytes(root, checkpoint.root)) {
    throw new StoreFailure('tampered', `the first ${checkpoint.size} records are not those that were signed`);
  }
}

async function readPeaks(connection: Connection, size: number): Promise<Uint8Array[]> {
  const hashAt = readTree(connection);
  return Promise.all(listPeaks(size).map(({ level, index }) => hashAt(level, index)));
}
