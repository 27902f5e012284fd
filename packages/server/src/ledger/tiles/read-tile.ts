import { AppError } from '@countersign/api';
import { encodeEntryBundle, type TileName, tileWidth } from '@countersign/ledger';
import type { Kysely } from 'kysely';
import { firstSeqOf, streamSpan } from '../../plugins/database/ledger-streams.ts';
import { readHashes } from '../../plugins/database/read-tree.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { readLedgerRows } from '../read-ledger-tree.ts';

const hashedLevels = 8;

/**
 * The bytes of a tile of a stream, from the kept nodes or, at the lowest level, from the entries. Only what a signed checkpoint covers:
 * a full tile below the newest one, a partial one of exactly a size that was signed. Throws `server.not_found`.
 */
export async function readTile(sql: Kysely<Schema>, stream: number, tile: TileName): Promise<Uint8Array> {
  const level = tile.level === 'entries' ? 0 : tile.level;
  const leaves = tileWidth ** level;
  const first = tile.index * tileWidth;
  const end = first + tile.width;
  if (
    !(await wasSigned(
      sql,
      stream,
      end * leaves,
      tile.width === tileWidth ? Number.MAX_SAFE_INTEGER : (end + 1) * leaves - 1,
    ))
  )
    throw new AppError('server.not_found');
  const rows = readLedgerRows(sql, stream);
  if (tile.level === 'entries') return encodeEntryBundle(await rows.readEntries(first, end));
  return new Uint8Array(Buffer.concat(await readHashes(rows, level * hashedLevels, first, tile.width)));
}

/** Whether there is a signed checkpoint of a size from the first to the last, both included. */
async function wasSigned(sql: Kysely<Schema>, stream: number, least: number, most: number): Promise<boolean> {
  if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most)) return false;
  const base = firstSeqOf(stream);
  const row = await sql
    .selectFrom('ledger_checkpoints')
    .select('size')
    .where('size', '>=', base + least)
    .where('size', '<=', base + Math.min(most, streamSpan - 1))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
