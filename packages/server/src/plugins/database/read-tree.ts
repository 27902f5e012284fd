import { type HashAt, hashLeaf, MerkleFrontier } from '@countersign/ledger';
import { keptLevels } from './ledger-layout.ts';
import { StoreFailure } from './store-failure.ts';

/** The rows a tree is read from, in order; `end` is the first that is not wanted. */
export interface TreeRows {
  readEntries(first: number, end: number): Promise<readonly string[]>;
  readNodes(level: number, first: number, end: number): Promise<readonly Uint8Array[]>;
}

/** Reads complete subtree roots: from the kept nodes and, below those, from the entries themselves. */
export function readTree(rows: TreeRows): HashAt {
  return async (level, index) => {
    const above = level % keptLevels;
    const width = 2 ** above;
    return foldHashes(await readHashes(rows, level - above, index * width, width));
  };
}

/** The leaf hashes, or the kept nodes, from `first` on. Leaves are hashed from the entries, never from a copy. */
export async function readHashes(
  rows: TreeRows,
  level: number,
  first: number,
  count: number,
): Promise<readonly Uint8Array[]> {
  const end = first + count;
  const hashes =
    level === 0
      ? (await rows.readEntries(first, end)).map((entry) => hashLeaf(entry))
      : await rows.readNodes(level, first, end);
  if (hashes.length !== count || hashes.some((hash) => hash.length !== 32)) {
    const message = 'a record or a tree node is missing';
    throw new StoreFailure({ kind: 'refused', code: 'ledger.tampered', message });
  }
  return hashes;
}

/** The root over a power of two of hashes. */
export function foldHashes(hashes: readonly Uint8Array[]): Uint8Array {
  const frontier = new MerkleFrontier();
  for (const hash of hashes) frontier.append(hash);
  return frontier.root();
}
