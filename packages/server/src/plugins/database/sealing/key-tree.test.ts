import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyTree, treeDepth } from './key-tree.ts';

const root = new Uint8Array(32).fill(7);
const last = 2 ** treeDepth - 1;
/** Near the start, where records are, and anywhere. */
const leaf = fc.oneof(
  fc.nat({ max: 300 }),
  fc.nat({ max: 100_000 }),
  fc.maxSafeNat().map((n) => n % (last + 1)),
);
const range = fc.tuple(leaf, fc.nat({ max: 500 })).map(([from, length]) => ({ from, to: from + length }));

describe('a puncturable key tree', () => {
  it('derives exactly what was not punctured, the same as before, in any order', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), fc.array(leaf, { maxLength: 40 }), (ranges, asked) => {
        const whole = KeyTree.fromRoot(root);
        const left = ranges
          .slice(6)
          .reduce((tree, one) => tree.puncture([one]), whole.puncture(ranges.slice(0, 6)));
        const edges = ranges.flatMap(({ from, to }) => [from - 1, from, to - 1, to]);
        for (const seq of [...asked, ...edges].filter((one) => one >= 0 && one <= last)) {
          const isGone = ranges.some(({ from, to }) => seq >= from && seq < to);
          expect(left.derive(seq)).toEqual(isGone ? undefined : KeyTree.fromRoot(root).derive(seq));
          expect(left.has(seq)).toBe(!isGone);
        }
      }),
    );
  });

  it('keeps no node above a punctured leaf, and few nodes', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), (ranges) => {
        const { nodes } = KeyTree.fromRoot(root).puncture(ranges);
        for (const { level, index } of nodes) {
          const [first, end] = [index * 2 ** level, (index + 1) * 2 ** level];
          expect(ranges.every(({ from, to }) => from >= to || to <= first || end <= from)).toBe(true);
        }
        expect(nodes.length).toBeLessThanOrEqual(1 + ranges.length * 2 * treeDepth);
      }),
    );
  });

  it('ends with nothing when everything was punctured, and grows no larger for what was punctured one by one', () => {
    expect(KeyTree.fromRoot(root).puncture([{ from: 0, to: last + 1 }]).nodes).toEqual([]);
    let tree = KeyTree.fromRoot(root);
    for (let seq = 0; seq < 1024; seq += 1) tree = tree.puncture([{ from: seq, to: seq + 1 }]);
    expect(tree.nodes.length).toBe(treeDepth - 10);
  });

  it('has new secrets for what was punctured beyond a place, and the old ones for all else', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 8 }), leaf, fc.array(leaf), (ranges, from, asked) => {
        let drawn = 0;
        const left = KeyTree.fromRoot(root).puncture(ranges);
        const whole = left.replenish({ from, to: last + 1 }, () =>
          new Uint8Array(32).fill(100 + (drawn++ % 50)),
        );
        const edges = ranges.flatMap((one) => [one.from, one.to - 1, one.to]);
        for (const seq of [...asked, ...edges].filter((one) => one >= 0 && one <= last)) {
          const kept = left.derive(seq);
          if (kept !== undefined || seq < from) expect(whole.derive(seq)).toEqual(kept);
          else expect(whole.derive(seq)).not.toEqual(KeyTree.fromRoot(root).derive(seq));
        }
        expect(whole.replenish({ from, to: last + 1 }, () => new Uint8Array(32))).toBe(whole);
      }),
    );
  });

  it('gives every leaf another secret', () => {
    const tree = KeyTree.fromRoot(root);
    const secrets = Array.from({ length: 512 }, (_, seq) =>
      Buffer.from(tree.derive(seq) ?? []).toString('hex'),
    );
    expect(new Set(secrets).size).toBe(512);
  });
});
