import { type HashAt, hashLeaf } from '@countersign/ledger';
import type { Kysely } from 'kysely';
import { keptLevels } from '../plugins/database/ledger-layout.ts';
import { firstNodeOf } from '../plugins/database/ledger-streams.ts';
import { foldHashes } from '../plugins/database/read-tree.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { toStoreError } from '../plugins/database/to-store-error.ts';

const group = 2 ** keptLevels;
const nothing = new Uint8Array(32);
/** Of 512 bytes each: enough for all that lies above the lowest groups of 10^7 records. */
const mostRemembered = 4_096;

/**
 * 2^keptLevels leaves, or kept nodes of one level, beside each other: what one kept node above is the root of. Its number
 * counts from where the first stream begins.
 */
interface Group {
  readonly level: number;
  readonly number: number;
}

/** Complete groups above the lowest two, by database: nothing ever changes them, and every proof needs some. */
const remembered = new WeakMap<Kysely<Schema>, Map<string, Uint8Array>>();

/**
 * Does work over the tree of a stream as it is committed now, with one question to each table whatever the size: the work runs once to
 * tell which subtrees it needs, and again with their hashes. It must need the same both times, and nothing but hashes.
 */
export async function readTreeOnce<T>(
  sql: Kysely<Schema>,
  work: (hashAt: HashAt) => Promise<T>,
  stream = 0,
): Promise<T> {
  const wanted = new Map<string, Group>();
  await work((level, index) => {
    const found = findGroup(level, firstNodeOf(stream, level) + index);
    wanted.set(nameGroup(found), found);
    return nothing;
  });
  const known = await readGroups(sql, [...wanted.values()]);
  return work((level, index) => {
    const place = firstNodeOf(stream, level) + index;
    const found = findGroup(level, place);
    const hashes = known.get(nameGroup(found));
    const width = 2 ** (level - found.level);
    const first = place * width - found.number * group;
    return foldHashes(Array.from({ length: width }, (_, at) => takeHash(hashes, first + at)));
  });
}

function findGroup(level: number, index: number): Group {
  const above = level % keptLevels;
  return { level: level - above, number: Math.floor((index * 2 ** above) / group) };
}

function nameGroup({ level, number }: Group): string {
  return `${level}/${number}`;
}

async function readGroups(
  sql: Kysely<Schema>,
  wanted: readonly Group[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const memory = remembered.get(sql) ?? new Map<string, Uint8Array>();
  remembered.set(sql, memory);
  const known = new Map<string, Uint8Array>();
  const keep = (level: number, position: number, hash: Uint8Array) => {
    if (hash.length !== 32) throw missing();
    const name = nameGroup({ level, number: Math.floor(position / group) });
    const hashes = known.get(name) ?? new Uint8Array(group * 32);
    hashes.set(hash, (position % group) * 32);
    known.set(name, hashes);
  };
  const asked = wanted.filter((one) => {
    const hashes = memory.get(nameGroup(one));
    if (hashes !== undefined) known.set(nameGroup(one), hashes);
    return hashes === undefined;
  });
  const [leaves, nodes] = await Promise.all([
    readLeaves(
      sql,
      asked.filter(({ level }) => level === 0),
    ),
    readNodes(
      sql,
      asked.filter(({ level }) => level > 0),
    ),
  ]);
  for (const { seq, entry } of leaves) keep(0, seq, hashLeaf(entry));
  for (const { level, position, hash } of nodes) keep(level, position, hash);
  for (const one of asked) {
    const hashes = known.get(nameGroup(one));
    if (one.level > keptLevels && hashes && isWhole(hashes)) remember(memory, nameGroup(one), hashes);
  }
  return known;
}

/** One after the other in one statement: alternatives in one `where` are a scan of the whole table for SQLite. */
async function readLeaves(sql: Kysely<Schema>, groups: readonly Group[]) {
  const queries = groups.map(({ number }) =>
    sql
      .selectFrom('ledger_entries')
      .select(['seq', 'entry'])
      .where('seq', '>=', number * group)
      .where('seq', '<', (number + 1) * group),
  );
  const [first, ...others] = queries;
  return first === undefined ? [] : others.reduce((all, one) => all.unionAll(one), first).execute();
}

async function readNodes(sql: Kysely<Schema>, groups: readonly Group[]) {
  const queries = groups.map(({ level, number }) =>
    sql
      .selectFrom('ledger_nodes')
      .select(['level', 'position', 'hash'])
      .where('level', '=', level)
      .where('position', '>=', number * group)
      .where('position', '<', (number + 1) * group),
  );
  const [first, ...others] = queries;
  return first === undefined ? [] : others.reduce((all, one) => all.unionAll(one), first).execute();
}

function remember(memory: Map<string, Uint8Array>, name: string, hashes: Uint8Array): void {
  const [oldest] = memory.keys();
  if (memory.size >= mostRemembered && oldest !== undefined) memory.delete(oldest);
  memory.set(name, hashes);
}

/** No hash is all zeros. */
function takeHash(hashes: Uint8Array | undefined, at: number): Uint8Array {
  const hash = hashes?.subarray(at * 32, (at + 1) * 32);
  if (hash === undefined || isNothing(hash)) throw missing();
  return hash;
}

function isWhole(hashes: Uint8Array): boolean {
  return Array.from({ length: group }, (_, at) => hashes.subarray(at * 32, (at + 1) * 32)).every(
    (hash) => !isNothing(hash),
  );
}

function isNothing(hash: Uint8Array): boolean {
  return hash.every((byte) => byte === 0);
}

function missing(): Error {
  const message = 'a record or a tree node is missing';
  return toStoreError({ kind: 'refused', code: 'ledger.tampered', message });
}
