/** Hashes of one full tile, and entries of one full bundle (C2SP tlog-tiles). */
export const tileWidth = 256;

export interface Tile {
  readonly level: number;
  readonly index: number;
  /** Hashes it has, up to `tileWidth`. */
  readonly width: number;
}

/** The tiles that are full in a log of `to` records and were not in one of `from`. */
export function listFullTiles(from: number, to: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, was = from, is = to; is >= tileWidth; level += 1) {
    was = Math.floor(was / tileWidth);
    is = Math.floor(is / tileWidth);
    for (let index = was; index < is; index += 1) tiles.push({ level, index, width: tileWidth });
  }
  return tiles;
}

/** The tiles that a log of this size has in part, one a level. */
export function listPartialTiles(size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / tileWidth)) {
    const width = count % tileWidth;
    if (width > 0) tiles.push({ level, index: Math.floor(count / tileWidth), width });
  }
  return tiles;
}

export function nameTile({ level, index, width }: Tile): string {
  return `tile/${level}/${nameIndex(index, width)}`;
}

export function nameEntries({ index, width }: Pick<Tile, 'index' | 'width'>): string {
  return `tile/entries/${nameIndex(index, width)}`;
}

/** In groups of three digits, all but the last with an x before them; a partial one ends in `.p/` and its width. */
function nameIndex(index: number, width: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === tileWidth ? path : `${path}.p/${width}`;
}
