import type { Clue } from '@countersign/core';
import { type Kysely, sql as text } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';

/** So many things of one name are looked for; names are not unique. */
const mostOfOneName = 20;

/** What bears this name: agents, people (also by e-mail address) and tools. */
export async function findNames(
  sql: Kysely<Schema>,
  nouns: readonly ('agent' | 'person' | 'tool')[],
  name: string,
): Promise<readonly Clue[]> {
  const found = await Promise.all(
    nouns.map((noun) => {
      if (noun === 'agent') return findAgents(sql, name);
      return noun === 'person' ? findPeople(sql, name) : findTools(sql, name);
    }),
  );
  return found.flat();
}

async function findAgents(sql: Kysely<Schema>, name: string): Promise<Clue[]> {
  const rows = await sql
    .selectFrom('agents')
    .select('id')
    .where('name', '=', name)
    .limit(mostOfOneName)
    .execute();
  return rows.map(({ id }) => ({ by: 'id', value: id }));
}

async function findPeople(sql: Kysely<Schema>, name: string): Promise<Clue[]> {
  const rows = await sql
    .selectFrom('people')
    .select('id')
    .where(({ or, eb }) =>
      or([eb('display_name', '=', name), eb(text<string>`lower(email)`, '=', name.toLowerCase())]),
    )
    .limit(mostOfOneName)
    .execute();
  return rows.map(({ id }) => ({ by: 'id', value: id }));
}

async function findTools(sql: Kysely<Schema>, name: string): Promise<Clue[]> {
  const rows = await sql
    .selectFrom('tools')
    .select(['upstream', 'name'])
    .where('name', '=', name)
    .limit(mostOfOneName)
    .execute();
  return rows.map((row) => ({ by: 'tool', value: `${row.upstream}/${row.name}` }));
}
