import { growTestLog } from '@countersign/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeRoot, type HashAt, proveConsistency, proveInclusion } from '../merkle-proof.ts';
import { decodeEntryBundle, encodeEntryBundle } from './entry-bundle.ts';
import { type ReadTile, readTileTree, TileUnusable } from './read-tile-tree.ts';
import { findTile, formatTilePath, parseTilePath, type TileName } from './tile-path.ts';

describe('the path of a tile', () => {
  it.each<[string, TileName]>([
    ['tile/0/000', { level: 0, index: 0, width: 256 }],
    ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
    ['tile/2/x001/000.p/7', { level: 2, index: 1000, width: 7 }],
    ['tile/63/999.p/255', { level: 63, index: 999, width: 255 }],
    ['tile/entries/012', { level: 'entries', index: 12, width: 256 }],
    ['tile/entries/000.p/1', { level: 'entries', index: 0, width: 1 }],
  ])('is %s', (path, tile) => {
    expect(formatTilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    '',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/0',
    'tile/0/1000',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/x001/x002',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000/',
    'tile/data/000',
    'tile/entries/../000',
    'tile/0/x999/x999/x999/x999/x999/999',
    'tile/0/000\n',
  ])('is not %j', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it('is found for every hash of a tree, as wide as the tree has it there', () => {
    // C2SP tlog-tiles: a tree of 70,000 has a level 0 tile of 112, a level 1 tile of 17 and a level 2 tile of 1.
    expect(findTile(0, 69_999, 70_000)).toEqual({ level: 0, index: 273, width: 112 });
    expect(findTile(1, 272, 70_000)).toEqual({ level: 1, index: 1, width: 17 });
    expect(findTile(2, 0, 70_000)).toEqual({ level: 2, index: 0, width: 1 });
    expect(findTile(0, 70_000, 70_000)).toBeUndefined();
    expect(findTile(3, 0, 70_000)).toBeUndefined();
    expect(findTile(0, 300, 70_000)).toEqual({ level: 0, index: 1, width: 256 });
  });
});

describe('a bundle of entries', () => {
  it('is read as it is written', () => {
    for (const entries of [[], ['a'], ['', 'é', 'x'.repeat(65_535)]])
      expect(decodeEntryBundle(encodeEntryBundle(entries))).toEqual(entries);
    expect(() => encodeEntryBundle(['x'.repeat(65_536)])).toThrow(RangeError);
  });

  it.each([[[0]], [[0, 2, 97]], [[0, 1]], [[0, 1, 255]]])(
    'that is cut off or no text is none: %j',
    (bytes) => {
      expect(decodeEntryBundle(Uint8Array.from(bytes))).toBeUndefined();
    },
  );
});

/** Tiles as a log serves them. */
function serveTiles(hashAt: HashAt): ReadTile {
  return async ({ level, index, width }) => {
    if (level === 'entries') throw new Error('no tile of hashes');
    const hashes: Uint8Array[] = [];
    for (let at = 0; at < width; at += 1) hashes.push(await hashAt(level * 8, index * 256 + at));
    return new Uint8Array(Buffer.concat(hashes));
  };
}

describe('a tree read from tiles', () => {
  const log = growTestLog(700);
  it('makes the same roots and proofs as the tree itself', async () => {
    const sizes = fc.integer({ min: 1, max: 700 });
    const property = fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, first, second) => {
      const hashAt = readTileTree(size, serveTiles(log.hashAt));
      expect(await computeRoot(size, hashAt)).toEqual(await computeRoot(size, log.hashAt));
      const [index, old] = [first % size, second % (size + 1)];
      expect(await proveInclusion(index, size, hashAt)).toEqual(
        await proveInclusion(index, size, log.hashAt),
      );
      expect(await proveConsistency(old, size, hashAt)).toEqual(
        await proveConsistency(old, size, log.hashAt),
      );
    });
    await fc.assert(property, { numRuns: 30 });
  });

  it('reads each tile once, and forgets the oldest of very many', async () => {
    const read: TileName[] = [];
    const hash = new Uint8Array(32);
    const serve: ReadTile = async (tile) => {
      read.push(tile);
      return new Uint8Array(Buffer.concat(Array(tile.width).fill(hash)));
    };
    const hashAt = readTileTree(256 * 600, serve);
    await hashAt(0, 0);
    await hashAt(3, 1);
    expect(read).toEqual([{ level: 0, index: 0, width: 256 }]);
    for (let tile = 1; tile < 600; tile += 1) await hashAt(0, tile * 256);
    await hashAt(0, 0);
    expect(read).toHaveLength(601);
  });

  it('refuses a tile of another length, and what is beyond the tree', async () => {
    const short = readTileTree(10, async () => new Uint8Array(31));
    await expect(async () => short(0, 3)).rejects.toThrow(TileUnusable);
    const tree = readTileTree(10, serveTiles(log.hashAt));
    await expect(async () => tree(0, 10)).rejects.toThrow(TileUnusable);
    await expect(async () => tree(2, 2)).rejects.toThrow(TileUnusable);
  });
});
