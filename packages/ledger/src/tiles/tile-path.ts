/** A tile of the tree, or of the entries under its lowest level (C2SP tlog-tiles). */
export interface TileName {
  /** Of hashes: the hash at `i` covers 256^level leaves. */
  readonly level: number | 'entries';
  readonly index: number;
  /** 256 when it is full. */
  readonly width: number;
}

/** Hashes, or entries, of a full tile. */
export const tileWidth = 256;
const highestLevel = 63;

/** Where a tile is, after the log's prefix: `tile/<L>/<N>[.p/<W>]`, N as `x001/x234/067`. */
export function formatTilePath({ level, index, width }: TileName): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  const path = groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/');
  return `tile/${level}/${path}${width === tileWidth ? '' : `.p/${width}`}`;
}

/** The tile that a hostile path names, or undefined: each tile has one spelling. */
export function parseTilePath(path: string): TileName | undefined {
  const [, level, number, width] =
    /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path) ?? [];
  if (level === undefined || number === undefined) return undefined;
  const tile: TileName = {
    level: level === 'entries' ? level : Number(level),
    index: Number(number.replace(/[x/]/g, '')),
    width: width === undefined ? tileWidth : Number(width),
  };
  const isKnown = (tile.level === 'entries' || tile.level <= highestLevel) && tile.width <= tileWidth;
  return isKnown && formatTilePath(tile) === path ? tile : undefined;
}

/** The tile that holds the hash at `position` of a level, as wide as it is in a tree of this size; undefined beyond it. */
export function findTile(level: number, position: number, size: number): TileName | undefined {
  const hashes = Math.floor(size / tileWidth ** level);
  if (position >= hashes) return undefined;
  const index = Math.floor(position / tileWidth);
  return { level, index, width: Math.min(tileWidth, hashes - index * tileWidth) };
}
