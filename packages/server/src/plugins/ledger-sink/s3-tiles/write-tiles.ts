import { encodeEntryBundle, formatTilePath, tileWidth } from '@countersign/ledger';
import type { SinkOutcome } from '../ledger-sink.ts';
import type { LogReader } from '../log-reader.ts';
import type { S3Place } from './create-s3-tiles-sink.ts';
import { type HashTile, listFullTiles, listPartialTiles } from './list-tiles.ts';
import { type NewObject, putNew } from './put-object.ts';

export interface TileRange {
  /** Full tiles of a log of `from` records are there already. */
  readonly from: number;
  readonly to: number;
  /** Also those that a log of `to` records has in part. */
  readonly partial: boolean;
  readonly at: number;
  readonly signal: AbortSignal;
}

/** Writes the tiles and entry bundles that a log of `to` records has beyond one of `from`. */
export async function writeTiles(
  place: S3Place,
  log: LogReader,
  { from, to, partial, at, signal }: TileRange,
): Promise<SinkOutcome> {
  const tiles = [...listFullTiles(from, to), ...(partial ? listPartialTiles(to) : [])];
  for (const tile of tiles) {
    const objects = await describeObjects(log, tile);
    const outcomes = await Promise.all(objects.map((object) => putNew(place, { ...object, at, signal })));
    const failed = outcomes.find(({ outcome }) => outcome !== 'delivered');
    if (failed !== undefined) return failed;
  }
  return { outcome: 'delivered' };
}

async function describeObjects(
  log: LogReader,
  tile: HashTile,
): Promise<readonly Pick<NewObject, 'name' | 'body' | 'contentType'>[]> {
  const { level, index, width } = tile;
  const first = index * tileWidth;
  const contentType = 'application/octet-stream';
  const hashes: Uint8Array[] = [];
  for (let position = first; position < first + width; position += 1)
    hashes.push(await log.hashAt(level * 8, position));
  const hashed = { name: formatTilePath(tile), body: Buffer.concat(hashes), contentType };
  if (level > 0) return [hashed];
  const entries = await log.readEntries(first, first + width);
  return [
    hashed,
    {
      name: formatTilePath({ ...tile, level: 'entries' }),
      body: Buffer.from(encodeEntryBundle(entries)),
      contentType,
    },
  ];
}
