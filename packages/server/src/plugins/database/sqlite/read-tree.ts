import { type HashAt, hashLeaf, MerkleFrontier } from '@countersign/ledger';
import { keptLevels } from '../ledger-layout.ts';
import type { Connection } from './connection.ts';
import { StoreFailure } from './failure.ts';

const nodeAt = 'SELECT hash FROM ledger_nodes WHERE level = ? AND position = ?';
const nodesFrom =
  'SELECT hash FROM ledger_nodes WHERE level = ? AND position >= ? AND position < ? ORDER BY position';
const entriesFrom = 'SELECT entry FROM ledger_entries WHERE seq >= ? AND seq < ? ORDER BY seq';

/** Reads complete subtree roots from the tables: kept nodes as they are, those between from the level kept below them. */
export function readTree(connection: Connection): HashAt {
  return (level, index) => {
    if (level > 0 && level % keptLevels === 0)
      return requireHash(connection.prepare(nodeAt).get(level, index)?.hash);
    const width = 2 ** (level % keptLevels);
    const base = level - (level % keptLevels);
    return foldHashes(readHashes(connection, base, index * width, width));
  };
}

/** The leaf hashes, or the kept nodes, from `first` on. Leaves are hashed from the entries, never from a copy. */
export function readHashes(
  connection: Connection,
  level: number,
  first: number,
  count: number,
): Uint8Array[] {
  const hashes =
    level === 0
      ? connection
          .prepare(entriesFrom)
          .all(first, first + count)
          .map(({ entry }) => hashLeaf(String(entry)))
      : connection
          .prepare(nodesFrom)
          .all(level, first, first + count)
          .map(({ hash }) => requireHash(hash));
  if (hashes.length !== count) throw new StoreFailure('tampered', 'a record or a tree node is missing');
  return hashes;
}

/** The root over a power of two of hashes. */
export function foldHashes(hashes: readonly Uint8Array[]): Uint8Array {
  const frontier = new MerkleFrontier();
  for (const hash of hashes) frontier.append(hash);
  return frontier.root();
}

function requireHash(value: unknown): Uint8Array {
  if (value instanceof Uint8Array && value.length === 32) return value;
  throw new StoreFailure('tampered', 'a tree node is missing');
}
