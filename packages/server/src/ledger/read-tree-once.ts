import { type HashAt, hashLeaf } from '@countersign/ledger';
import type { ExpressionBuilder, Kysely } from 'kysely';
import { keptLevels } from '../plugins/database/ledger-layout.ts';
import { foldHashes } from '../plugins/database/read-tree.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { toStoreError } from '../plugins/database/to-store-error.ts';

const group = 2 ** keptLevels;
const nothing = new Uint8Array(32);

/** `group` leaves, or kept nodes of one level, that lie beside each other. */
interface Group {
  readonly level: number;
  readonly number: number;
}

/**
 * Does work over the tree as it is committed now, with one question to each table whatever the size: the work runs once to
 * tell which subtrees it needs, and again with their hashes. It must need the same both times, and nothing but hashes.
 */
export async function readTreeOnce<T>(sql: Kysely<Schema>, work: (hashAt: HashAt) => Promise<T>): Promise<T> {
  const groups = new Map<string, Group>();
  await work((level, index) => {
    const above = level % keptLevels;
    const number = Math.floor((index * 2 ** above) / group);
    groups.set(`${level - above}/${number}`, { level: level - above, number });
    return nothing;
  });
  const [leaves, nodes] = await Promise.all([
    readLeaves(
      sql,
      [...groups.values()].filter(({ level }) => level === 0),
    ),
    readNodes(
      sql,
      [...groups.values()].filter(({ level }) => level > 0),
    ),
  ]);
  const known = new Map([...leaves, ...nodes]);
  return work((level, index) => {
    const above = level % keptLevels;
    const first = index * 2 ** above;
    const hashes = Array.from({ length: 2 ** above }, (_, at) => known.get(`${level - above}/${first + at}`));
    return foldHashes(hashes.map(requireHash));
  });
}

type Hashes = ReadonlyMap<string, Uint8Array>;

async function readLeaves(sql: Kysely<Schema>, groups: readonly Group[]): Promise<Hashes> {
  if (groups.length === 0) return new Map();
  const isWanted = (eb: ExpressionBuilder<Schema, 'ledger_entries'>) =>
    eb.or(groups.map(({ number }) => eb.between('seq', number * group, (number + 1) * group - 1)));
  const rows = await sql.selectFrom('ledger_entries').select(['seq', 'entry']).where(isWanted).execute();
  return new Map(rows.map(({ seq, entry }) => [`0/${seq}`, hashLeaf(entry)]));
}

async function readNodes(sql: Kysely<Schema>, groups: readonly Group[]): Promise<Hashes> {
  if (groups.length === 0) return new Map();
  const isWanted = (eb: ExpressionBuilder<Schema, 'ledger_nodes'>) =>
    eb.or(
      groups.map(({ level, number }) =>
        eb.and([eb('level', '=', level), eb.between('position', number * group, (number + 1) * group - 1)]),
      ),
    );
  const rows = await sql.selectFrom('ledger_nodes').selectAll().where(isWanted).execute();
  return new Map(rows.map(({ level, position, hash }) => [`${level}/${position}`, hash]));
}

function requireHash(hash: Uint8Array | undefined): Uint8Array {
  if (hash?.length === 32) return hash;
  const message = 'a record or a tree node is missing';
  throw toStoreError({ kind: 'refused', code: 'ledger.tampered', message });
}
