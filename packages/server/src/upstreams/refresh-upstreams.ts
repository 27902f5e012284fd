import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';

type Parts = Pick<Context, 'store' | 'upstreams'>;

/** Puts in force what is stored of one upstream; what is stored no more is dropped. */
export async function refreshUpstream({ store, upstreams }: Parts, name: string): Promise<void> {
  await store.transaction(async (tx) => {
    const row = await tx.sql.selectFrom('upstreams').selectAll().where('name', '=', name).executeTakeFirst();
    const tools = await tx.sql
      .selectFrom('tools')
      .selectAll()
      .where('upstream', '=', name)
      .orderBy('position')
      .orderBy('name')
      .execute();
    // What this gateway changes itself comes before it or after it, never between reading and putting.
    tx.afterCommit(() => {
      if (row !== undefined) upstreams.put(row, tools);
      else void upstreams.drop(name);
    });
  });
}

/** Puts in force what changed of all upstreams since it last did, without reading again what tools say of themselves. */
export function createUpstreamRefresher({ store, upstreams }: Parts): () => Promise<void> {
  let last: ReadonlyMap<string, string> = new Map();
  return async () => {
    const now = await readMarks(store);
    const live = [...upstreams.list()].map(({ name }) => name);
    for (const name of new Set([...now.keys(), ...live]))
      if (!now.has(name) || now.get(name) !== last.get(name))
        await refreshUpstream({ store, upstreams }, name);
    last = now;
  };
}

async function readMarks({ sql }: Parts['store']): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.selectFrom('upstreams').selectAll().orderBy('name').execute();
  const tools = await sql
    .selectFrom('tools')
    .select(['upstream', 'name', 'digest', 'state', 'effects', 'data_domain', 'confirmed', 'reversibility'])
    .select(['amount_pointer', 'amount_currency', 'argument_roles', 'result_labels', 'sentence', 'position'])
    .select(['findings_seen', 'offered_digest'])
    .orderBy('position')
    .orderBy('name')
    .execute();
  const byUpstream = Map.groupBy(tools, ({ upstream }) => upstream);
  return new Map(
    rows.map((row) => [row.name, sha256(JSON.stringify([row, byUpstream.get(row.name) ?? []]))]),
  );
}
