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
import type { Kysely } from 'kysely';
import { StoreFailure } from './failure.ts';
import { keptLevels } from './ledger-layout.ts';
import type { LedgerMark } from './ledger-writer.ts';
import { foldHashes, readHashes, readTree } from './read-tree.ts';
import type { Schema } from './schema.ts';

const tile = 2 ** keptLevels;
/** How many of the newest complete tiles are hashed again from their entries at every start. */
const recheckedTiles = 16;

/**
 * Rebuilds the tree's frontier from the tables and holds it against the last signed checkpoint. Throws
 * `ledger.tampered` when the log is shorter than what was signed, or another. (`ledger verify` checks every record;
 * this takes milliseconds.)
 */
export async function openLedger(sql: Kysely<Schema>, key: VerifierKey): Promise<LedgerMark> {
  const newest = await sql
    .selectFrom('ledger_entries')
    .select(['seq', 'at'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const size = newest === undefined ? 0 : newest.seq + 1;
  await recheckTiles(sql, size);
  await compareWithCheckpoint(sql, size, key);
  return { frontier: new MerkleFrontier(size, await readPeaks(sql, size)), newestAt: newest?.at ?? 0 };
}

async function recheckTiles(sql: Kysely<Schema>, size: number): Promise<void> {
  const complete = Math.floor(size / tile);
  for (let position = Math.max(0, complete - recheckedTiles); position < complete; position += 1) {
    const [kept] = await readHashes(sql, keptLevels, position, 1);
    const computed = foldHashes(await readHashes(sql, 0, position * tile, tile));
    if (kept === undefined || !equalBytes(kept, computed)) {
      throw tampered(`records ${position * tile} to ${position * tile + tile - 1} were changed`);
    }
  }
}

async function compareWithCheckpoint(sql: Kysely<Schema>, size: number, key: VerifierKey): Promise<void> {
  const row = await sql
    .selectFrom('ledger_checkpoints')
    .select(['size', 'note'])
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst();
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
  const root = await computeRoot(checkpoint.size, readTree(sql));
  if (!equalBytes(root, checkpoint.root)) {
    throw tampered(`the first ${checkpoint.size} records are not those that were signed`);
  }
}

async function readPeaks(sql: Kysely<Schema>, size: number): Promise<Uint8Array[]> {
  const hashAt = readTree(sql);
  return Promise.all(listPeaks(size).map(({ level, index }) => hashAt(level, index)));
}

function tampered(message: string): StoreFailure {
  return new StoreFailure({ kind: 'refused', code: 'ledger.tampered', message });
}
