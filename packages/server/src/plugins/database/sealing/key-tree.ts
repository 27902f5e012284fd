import { deriveChild } from './derive-secret.ts';

/** Leaves are numbered from 0 up to, not including, 2^40: more records than a ledger will hold. */
export const treeDepth = 40;

/** The root of a complete subtree: it covers the leaves from `index * 2^level` on, 2^level of them. */
export interface KeyNode {
  readonly level: number;
  readonly index: number;
  readonly secret: Uint8Array;
}

/** `to` is exclusive. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/**
 * A puncturable key tree (GGM): one secret a leaf, all derived from one root, until leaves are punctured. What then
 * stays are the roots of what was not punctured, from which nobody can derive what was.
 */
export class KeyTree {
  /** Ordered, and none covers a leaf of another. */
  #nodes: readonly KeyNode[];
  /** The secrets by level on the way to the leaf derived last: the next leaf is about two steps away. */
  #path: (Uint8Array | undefined)[] = [];
  #pathSeq = 0;

  constructor(nodes: readonly KeyNode[]) {
    this.#nodes = [...nodes].sort((one, other) => firstLeaf(one) - firstLeaf(other));
  }

  static fromRoot(secret: Uint8Array): KeyTree {
    return new KeyTree([{ level: treeDepth, index: 0, secret }]);
  }

  get nodes(): readonly KeyNode[] {
    return this.#nodes;
  }

  has(seq: number): boolean {
    return this.#findNode(seq) !== undefined;
  }

  /** The leaf's secret; undefined when it was punctured. */
  derive(seq: number): Uint8Array | undefined {
    const node = this.#findNode(seq);
    if (node === undefined) return undefined;
    let level = this.#findShared(node, seq);
    let secret = level === node.level ? node.secret : (this.#path[level] ?? node.secret);
    this.#path[level] = secret;
    for (; level > 0; level -= 1) {
      secret = deriveChild(secret, Math.floor(seq / 2 ** (level - 1)) % 2 === 0 ? 0 : 1);
      this.#path[level - 1] = secret;
    }
    this.#pathSeq = seq;
    return secret;
  }

  /** The tree without the leaves of these ranges. Each costs about two nodes a level at the most. */
  puncture(ranges: readonly LeafRange[]): KeyTree {
    const some = ranges.filter(({ from, to }) => from < to);
    return new KeyTree(this.#nodes.flatMap((node) => splitNode(node, some)));
  }

  /** The same with new secrets for whatever was punctured in this range; itself when nothing was. */
  replenish({ from, to }: LeafRange, drawSecret: () => Uint8Array): KeyTree {
    const added: KeyNode[] = [];
    let at = from;
    for (const node of [...this.#nodes, { level: 0, index: to }]) {
      const end = Math.min(to, firstLeaf(node));
      while (at < end) {
        const level = findLevel(at, end);
        added.push({ level, index: at / 2 ** level, secret: drawSecret() });
        at += 2 ** level;
      }
      at = Math.max(at, endLeaf(node));
    }
    return added.length === 0 ? this : new KeyTree([...this.#nodes, ...added]);
  }

  /** The lowest level at which the way to the last leaf and to this one are the same; the node's own when they are not. */
  #findShared(node: KeyNode, seq: number): number {
    if (this.#path.length === 0 || this.#findNode(this.#pathSeq) !== node) {
      this.#path = [];
      return node.level;
    }
    for (let level = 0; level < node.level; level += 1) {
      const width = 2 ** level;
      if (Math.floor(seq / width) === Math.floor(this.#pathSeq / width)) return level;
    }
    return node.level;
  }

  #findNode(seq: number): KeyNode | undefined {
    let [low, high] = [0, this.#nodes.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const node = this.#nodes[middle];
      if (node === undefined) return undefined;
      if (seq < firstLeaf(node)) high = middle;
      else if (seq >= endLeaf(node)) low = middle + 1;
      else return node;
    }
    return undefined;
  }
}

/** Of the largest subtree that begins here and ends before. */
function findLevel(from: number, end: number): number {
  let level = 0;
  while (level < treeDepth && from % 2 ** (level + 1) === 0 && from + 2 ** (level + 1) <= end) level += 1;
  return level;
}

function firstLeaf({ level, index }: Omit<KeyNode, 'secret'>): number {
  return index * 2 ** level;
}

function endLeaf({ level, index }: Omit<KeyNode, 'secret'>): number {
  return (index + 1) * 2 ** level;
}

/** What is left of a subtree: itself, nothing, or the parts of it beside what is punctured. */
function splitNode(node: KeyNode, ranges: readonly LeafRange[]): readonly KeyNode[] {
  const [first, end] = [firstLeaf(node), endLeaf(node)];
  const within = ranges.filter(({ from, to }) => from < end && first < to);
  if (within.length === 0) return [node];
  if (within.some(({ from, to }) => from <= first && end <= to)) return [];
  const level = node.level - 1;
  return ([0, 1] as const).flatMap((bit) => {
    const child = { level, index: node.index * 2 + bit, secret: deriveChild(node.secret, bit) };
    return splitNode(child, within);
  });
}
