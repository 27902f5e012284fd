import { equalBytes, hashEmptyTree, hashNode } from './tree-hash.ts';

/** Reads the root of the complete subtree over the 2^level leaves from index * 2^level on. */
export type HashAt = (level: number, index: number) => Uint8Array | Promise<Uint8Array>;

/** The tree head of the first `size` leaves, RFC 6962 section 2.1. Throws RangeError. */
export async function computeRoot(size: number, hashAt: HashAt): Promise<Uint8Array> {
  requireSize(size);
  return size === 0 ? hashEmptyTree() : hashRange(0, size, hashAt);
}

/** The audit path of leaf `index` in the tree of `size` leaves, RFC 6962 section 2.1.1. Throws RangeError. */
export async function proveInclusion(index: number, size: number, hashAt: HashAt): Promise<Uint8Array[]> {
  requireSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new RangeError('no such leaf');
  const path: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      path.unshift(await hashRange(middle, end, hashAt));
      end = middle;
    } else {
      path.unshift(await hashRange(start, middle, hashAt));
      start = middle;
    }
  }
  return path;
}

/** That the first `oldSize` of `size` leaves are the older tree, RFC 6962 section 2.1.2. Throws RangeError. */
export async function proveConsistency(oldSize: number, size: number, hashAt: HashAt): Promise<Uint8Array[]> {
  requireSize(size);
  requireSize(oldSize);
  if (oldSize > size) throw new RangeError('the older tree is the larger one');
  const path: Uint8Array[] = [];
  if (oldSize === 0 || oldSize === size) return path;
  let start = 0;
  let end = size;
  while (end !== oldSize) {
    const middle = start + largestPowerBelow(end - start);
    if (oldSize <= middle) {
      path.unshift(await hashRange(middle, end, hashAt));
      end = middle;
    } else {
      path.unshift(await hashRange(start, middle, hashAt));
      start = middle;
    }
  }
  // The verifier holds the older root already when the older tree is one complete subtree.
  if (start > 0) path.unshift(await hashRange(start, end, hashAt));
  return path;
}

/** Whether the path proves the leaf at `index` under this root of `size` leaves, RFC 9162 section 2.1.3.2. */
export function verifyInclusion(
  leafHash: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  let node = index;
  let last = size - 1;
  let hash = leafHash;
  for (const sibling of path) {
    if (last === 0 || sibling.length !== 32) return false;
    if (node % 2 === 1 || node === last) {
      hash = hashNode(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = hashNode(hash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalBytes(hash, root);
}

/** Whether the path proves that the older tree is the start of the newer one, RFC 9162 section 2.1.4.2. */
export function verifyConsistency(
  oldSize: number,
  oldRoot: Uint8Array,
  size: number,
  root: Uint8Array,
  path: readonly Uint8Array[],
): boolean {
  if (!isSize(oldSize) || !isSize(size) || oldSize > size) return false;
  if (oldSize === size) return path.length === 0 && equalBytes(oldRoot, root);
  if (oldSize === 0) return path.length === 0 && equalBytes(oldRoot, hashEmptyTree());
  if (path.some((hash) => hash.length !== 32)) return false;
  let node = oldSize - 1;
  let last = size - 1;
  while (node % 2 === 1) {
    node = (node - 1) / 2;
    last = Math.floor(last / 2);
  }
  // After the shift, 0 means that the older tree is one complete subtree: its root starts the path.
  const [seed, ...rest] = node === 0 ? [oldRoot, ...path] : path;
  if (seed === undefined) return false;
  let oldHash = seed;
  let newHash = seed;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldHash = hashNode(sibling, oldHash);
      newHash = hashNode(sibling, newHash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      newHash = hashNode(newHash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalBytes(oldHash, oldRoot) && equalBytes(newHash, root);
}

/** Root over the leaves from start to end, where start is a multiple of the largest power of two that fits. */
async function hashRange(start: number, end: number, hashAt: HashAt): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let from = start;
  while (from < end) {
    let width = 1;
    let level = 0;
    while (width * 2 <= end - from) {
      width *= 2;
      level += 1;
    }
    parts.push(await hashAt(level, from / width));
    from += width;
  }
  return parts.reduceRight((right, left) => hashNode(left, right));
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function requireSize(size: number): void {
  if (!isSize(size)) throw new RangeError('a tree size is a whole number');
}
