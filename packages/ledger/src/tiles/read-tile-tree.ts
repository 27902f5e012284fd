import { MerkleFrontier } from '../merkle-frontier.ts';
import type { HashAt } from '../merkle-proof.ts';
import { findTile, type TileName } from './tile-path.ts';

/** The bytes of one tile of hashes, from wherever tiles are kept. Nothing of them is believed. */
export type ReadTile = (tile: TileName) => Promise<Uint8Array>;

const tileHeight = 8;
/** Of 8 KB each. */
const mostKept = 512;

/** A tile is not what a tree of this size has there. */
export class TileUnusable extends Error {
  override readonly name = 'TileUnusable';
}

/**
 * Reads the tree of `size` leaves from its tiles: the hashes are the log's word, until a root that they make was
 * compared with a signed one. Throws `TileUnusable` for a tile of another length, or beyond the size.
 */
export function readTileTree(size: number, readTile: ReadTile): HashAt {
  const kept = new Map<string, Promise<Uint8Array>>();
  const read = (tile: TileName): Promise<Uint8Array> => {
    const key = `${tile.level}/${tile.index}`;
    const found = kept.get(key) ?? readWhole(tile, readTile);
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, found);
    return found;
  };
  return async (level, index) => {
    const above = level % tileHeight;
    const width = 2 ** above;
    const first = index * width;
    const last = findTile((level - above) / tileHeight, first + width - 1, size);
    if (last === undefined) throw new TileUnusable('the tree is smaller');
    const bytes = await read(last);
    const start = (first % 256) * 32;
    const tree = new MerkleFrontier();
    for (let at = start; at < start + width * 32; at += 32) tree.append(bytes.slice(at, at + 32));
    return tree.root();
  };
}

async function readWhole(tile: TileName, readTile: ReadTile): Promise<Uint8Array> {
  const bytes = await readTile(tile);
  if (bytes.length !== tile.width * 32) throw new TileUnusable('a tile has another length');
  return bytes;
}
