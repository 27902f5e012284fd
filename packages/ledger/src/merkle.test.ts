import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listPeaks, MerkleFrontier } from './merkle-frontier.ts';
import {
  computeRoot,
  proveConsistency,
  proveInclusion,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proof.ts';
import { sha256 } from './sha256.ts';
import { equalBytes, hashEmptyTree, hashLeaf, hashNode } from './tree-hash.ts';

/** RFC 6962 section 2.1 word by word: the definition that all else is compared with. */
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return sha256(Buffer.concat([Uint8Array.of(0), leaves[0] as Uint8Array]));
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.concat([Uint8Array.of(1), naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k))]));
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const makeLeaves = (count: number) =>
  Array.from({ length: count }, (_, index) => Buffer.from(`leaf ${index}`));
const reader = (leaves: readonly Uint8Array[]) => (level: number, index: number) =>
  naiveRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));

function grow(leaves: readonly Uint8Array[]): MerkleFrontier {
  const frontier = new MerkleFrontier();
  for (const leaf of leaves) frontier.append(hashLeaf(leaf));
  return frontier;
}

describe('known answers', () => {
  // Certificate Transparency's published test vectors for RFC 6962.
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  it('has the published roots', () => {
    const frontier = new MerkleFrontier();
    expect(hex(frontier.root())).toBe(roots[0]);
    leaves.forEach((leaf, index) => {
      frontier.append(hashLeaf(Buffer.from(leaf, 'hex')));
      expect(hex(frontier.root())).toBe(roots[index + 1]);
    });
  });

  it('hashes text as UTF-8', () => {
    expect(hashLeaf('é')).toEqual(hashLeaf(Buffer.from('é')));
  });
});

describe('frontier', () => {
  it('has the naive root at every size and reports every complete node', () => {
    const leaves = makeLeaves(70);
    const frontier = new MerkleFrontier();
    leaves.forEach((leaf, index) => {
      frontier.append(hashLeaf(leaf), (level, at, hash) => {
        expect(hex(hash)).toBe(hex(reader(leaves)(level, at)));
        expect((at + 1) * 2 ** level).toBeLessThanOrEqual(index + 1);
      });
      expect(hex(frontier.root())).toBe(hex(naiveRoot(leaves.slice(0, index + 1))));
    });
  });

  it('goes on from its peaks', () => {
    fc.assert(
      fc.property(fc.nat({ max: 80 }), fc.nat({ max: 20 }), (size, more) => {
        const first = grow(makeLeaves(size));
        const second = new MerkleFrontier(first.size, first.peaks);
        const copy = first.clone();
        for (let index = 0; index < more; index += 1) second.append(hashLeaf(`leaf ${size + index}`));
        expect(hex(second.root())).toBe(hex(grow(makeLeaves(size + more)).root()));
        expect(hex(copy.root())).toBe(hex(first.root()));
      }),
    );
  });

  it.each([
    ['a negative size', -1, []],
    ['a broken size', 1.5, []],
    ['too few peaks', 3, [hashEmptyTree()]],
    ['a short peak', 1, [new Uint8Array(31)]],
  ])('refuses %s', (_name, size, peaks) => {
    expect(() => new MerkleFrontier(size, peaks)).toThrow(RangeError);
  });

  it('knows where the peaks are, also beyond 32 bits', () => {
    expect(listPeaks(0)).toEqual([]);
    expect(listPeaks(6)).toEqual([
      { level: 2, index: 0 },
      { level: 1, index: 2 },
    ]);
    expect(listPeaks(2 ** 40 + 2 ** 33 + 1)).toEqual([
      { level: 40, index: 0 },
      { level: 33, index: 2 ** 7 },
      { level: 0, index: 2 ** 40 + 2 ** 33 },
    ]);
    const leaves = makeLeaves(77);
    expect(listPeaks(77).map(({ level, index }) => hex(reader(leaves)(level, index)))).toEqual(
      grow(leaves).peaks.map(hex),
    );
  });
});

describe('proofs', () => {
  const sized = fc
    .integer({ min: 1, max: 90 })
    .chain((size) => fc.tuple(fc.constant(size), fc.nat({ max: size - 1 })));

  it('proves every leaf, and only where it is', async () => {
    await fc.assert(
      fc.asyncProperty(sized, async ([size, index]) => {
        const leaves = makeLeaves(size);
        const root = naiveRoot(leaves);
        const path = await proveInclusion(index, size, reader(leaves));
        const leaf = hashLeaf(leaves[index] as Uint8Array);
        expect(verifyInclusion(leaf, index, size, path, root)).toBe(true);
        expect(verifyInclusion(leaf, (index + 1) % size, size, path, root)).toBe(size === 1);
        expect(verifyInclusion(hashLeaf('another'), index, size, path, root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, [...path, root], root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, path.slice(1), root)).toBe(path.length === 0);
        const bent = path.map((hash, at) => (at === 0 ? hashNode(hash, hash) : hash));
        expect(verifyInclusion(leaf, index, size, bent, root)).toBe(path.length === 0);
        const short = path.map((hash, at) => (at === 0 ? hash.slice(1) : hash));
        expect(verifyInclusion(leaf, index, size, short, root)).toBe(path.length === 0);
      }),
    );
  });

  it('proves that a tree grew from an older one, and refuses another past', async () => {
    const pair = fc.nat({ max: 90 }).chain((size) => fc.tuple(fc.constant(size), fc.nat({ max: size })));
    await fc.assert(
      fc.asyncProperty(pair, async ([size, oldSize]) => {
        const leaves = makeLeaves(size);
        const root = naiveRoot(leaves);
        const oldRoot = naiveRoot(leaves.slice(0, oldSize));
        const path = await proveConsistency(oldSize, size, reader(leaves));
        expect(verifyConsistency(oldSize, oldRoot, size, root, path)).toBe(true);
        expect(verifyConsistency(oldSize, hashLeaf('x'), size, root, path)).toBe(false);
        expect(verifyConsistency(oldSize, oldRoot, size, hashLeaf('x'), path)).toBe(
          oldSize === 0 && size !== 0,
        );
        expect(verifyConsistency(oldSize, oldRoot, size, root, [...path, root])).toBe(false);
        if (path.length > 0) {
          expect(verifyConsistency(oldSize, oldRoot, size, root, path.slice(1))).toBe(false);
          expect(verifyConsistency(oldSize, oldRoot, size, root, [new Uint8Array(3), ...path])).toBe(false);
        }
      }),
    );
  });

  it('computes roots from complete subtrees', async () => {
    for (const size of [0, 1, 2, 3, 64, 65, 77]) {
      const leaves = makeLeaves(size);
      expect(hex(await computeRoot(size, reader(leaves)))).toBe(hex(naiveRoot(leaves)));
    }
  });

  it('refuses sizes and leaves that do not exist', async () => {
    const hashAt = () => hashEmptyTree();
    await expect(computeRoot(-1, hashAt)).rejects.toThrow(RangeError);
    await expect(computeRoot(0.5, hashAt)).rejects.toThrow(RangeError);
    await expect(proveInclusion(3, 3, hashAt)).rejects.toThrow(RangeError);
    await expect(proveInclusion(-1, 3, hashAt)).rejects.toThrow(RangeError);
    await expect(proveConsistency(4, 3, hashAt)).rejects.toThrow(RangeError);
    const root = hashEmptyTree();
    expect(verifyInclusion(root, 0, 0, [], root)).toBe(false);
    expect(verifyInclusion(root, -1, 1, [], root)).toBe(false);
    expect(verifyConsistency(2, root, 1, root, [])).toBe(false);
    expect(verifyConsistency(-1, root, 1, root, [])).toBe(false);
    expect(verifyConsistency(3, root, 5, root, [])).toBe(false);
  });

  it('works beyond 32 bits', async () => {
    // Every leaf of this huge tree is the same, so a complete subtree's root depends on its level only.
    const byLevel = [hashLeaf('same')];
    for (let level = 1; level < 53; level += 1) {
      const below = byLevel[level - 1] as Uint8Array;
      byLevel.push(hashNode(below, below));
    }
    const hashAt = (level: number) => byLevel[level] as Uint8Array;
    const size = 2 ** 45 + 12345;
    const root = await computeRoot(size, hashAt);
    const path = await proveInclusion(2 ** 44 + 7, size, hashAt);
    expect(verifyInclusion(hashLeaf('same'), 2 ** 44 + 7, size, path, root)).toBe(true);
    const oldRoot = await computeRoot(2 ** 40 + 3, hashAt);
    const grown = await proveConsistency(2 ** 40 + 3, size, hashAt);
    expect(verifyConsistency(2 ** 40 + 3, oldRoot, size, root, grown)).toBe(true);
  });
});

describe('equal bytes', () => {
  it.each([
    [[1, 2], [1, 2], true],
    [[1, 2], [1, 3], false],
    [[1], [1, 2], false],
  ])('%j and %j: %s', (left, right, equal) => {
    expect(equalBytes(Uint8Array.from(left), Uint8Array.from(right))).toBe(equal);
  });
});
