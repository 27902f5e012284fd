import { type TileName, tileWidth } from '@countersign/ledger';

export interface HashTile extends TileName {
  readonly level: number;
}

/** The tiles that are full in a log of `to` records and were not in one of `from`. */
export function listFullTiles(from: number, to: number): readonly HashTile[] {
  const tiles: HashTile[] = [];
  for (let level = 0, was = from, is = to; is >= tileWidth; level += 1) {
    was = Math.floor(was / tileWidth);
    is = Math.floor(is / tileWidth);
    for (let index = was; index < is; index += 1) tiles.push({ level, index, width: tileWidth });
  }
  return tiles;
}

/** The tiles that a log of this size has in part, one a level. */
export function listPartialTiles(size: number): readonly HashTile[] {
  const tiles: HashTile[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / tileWidth)) {
    const width = count % tileWidth;
    if (width > 0) tiles.push({ level, index: Math.floor(count / tileWidth), width });
  }
  return tiles;
}
