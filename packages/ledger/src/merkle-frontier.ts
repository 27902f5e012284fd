import { hashEmptyTree, hashNode } from './tree-hash.ts';

/** One complete subtree of a growing tree: the 2^level leaves from index * 2^level on. */
export type NodeListener = (level: number, index: number, hash: Uint8Array) => void;

/**
 * An append-only RFC 6962 tree that remembers only the roots of its complete subtrees, at most 53 hashes.
 * `append` costs one hash on average, `root` one per level.
 */
export class MerkleFrontier {
  #size: number;
  /** Roots of the complete subtrees, largest (leftmost) first: one for each 1 in the binary form of the size. */
  readonly #peaks: Uint8Array[];

  /** An empty tree; or the one with `size` leaves whose complete subtrees have these roots. Throws RangeError. */
  constructor(size = 0, peaks: readonly Uint8Array[] = []) {
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError('a tree size is a whole number');
    if (peaks.length !== listPeaks(size).length)
      throw new RangeError('the size and the number of peaks disagree');
    if (peaks.some((peak) => peak.length !== 32)) throw new RangeError('a hash has 32 bytes');
    this.#size = size;
    this.#peaks = [...peaks];
  }

  get size(): number {
    return this.#size;
  }

  /** Roots of the complete subtrees, largest first: with `size`, all that is needed to go on from here. */
  get peaks(): readonly Uint8Array[] {
    return [...this.#peaks];
  }

  /** Adds one leaf hash; `onNode` hears of every inner node this completes, lowest first. */
  append(leafHash: Uint8Array, onNode?: NodeListener): void {
    let hash = leafHash;
    let index = this.#size;
    let level = 0;
    while (index % 2 === 1) {
      const left = this.#peaks.pop() as Uint8Array;
      hash = hashNode(left, hash);
      index = (index - 1) / 2;
      level += 1;
      onNode?.(level, index, hash);
    }
    this.#peaks.push(hash);
    this.#size += 1;
  }

  /** The tree head, RFC 6962 section 2.1. */
  root(): Uint8Array {
    const last = this.#peaks.at(-1);
    if (last === undefined) return hashEmptyTree();
    let root = last;
    for (let index = this.#peaks.length - 2; index >= 0; index -= 1) {
      root = hashNode(this.#peaks[index] as Uint8Array, root);
    }
    return root;
  }

  clone(): MerkleFrontier {
    return new MerkleFrontier(this.#size, this.#peaks);
  }
}

/** Where the complete subtrees of a tree of this size are, largest (leftmost) first. Sizes go beyond 32 bits. */
export function listPeaks(size: number): { readonly level: number; readonly index: number }[] {
  const peaks: { level: number; index: number }[] = [];
  let level = 0;
  for (let rest = size; rest >= 1; rest = Math.floor(rest / 2)) {
    // The bit of this level is set: the subtree ends where the larger ones and itself end.
    if (rest % 2 === 1) peaks.unshift({ level, index: rest - 1 });
    level += 1;
  }
  return peaks;
}
