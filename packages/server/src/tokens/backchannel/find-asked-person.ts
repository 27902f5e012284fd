import { AppError, type Permission, permissions, type Role } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Kysely } from 'kysely';
import { readPerson } from '../../people/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import type { Wish } from './ask.ts';

/**
 * The active person whom the hint names, by id or e-mail, if they may decide what is asked. CIBA §13 demands
 * `unknown_user_id` for a hint that leads to nobody; here it is also the answer for somebody who is invited, suspended
 * or has no say, so that all it tells a proven agent is that it cannot ask there. How often it may try is counted.
 */
export async function findAskedPerson(
  sql: Kysely<Schema>,
  hint: string,
  wish: Pick<Wish, 'kind'>,
): Promise<string | undefined> {
  const people = sql.selectFrom('people').selectAll().where('state', '=', 'active');
  const named = isId('per', hint)
    ? people.where('id', '=', hint)
    : people.where('email', '=', hint.toLowerCase());
  const row = await named.executeTakeFirst();
  if (row === undefined) return undefined;
  const person = readPerson(row);
  return mayAnswer(person.roles, wish) ? person.id : undefined;
}

/** Throws `token.ask_denied` when the person can no longer answer for what they gave. */
export async function requireStanding(
  sql: Kysely<Schema>,
  personId: string,
  wish: Pick<Wish, 'kind'>,
): Promise<void> {
  if ((await findAskedPerson(sql, personId, wish)) === undefined) throw new AppError('token.ask_denied');
}

function mayAnswer(held: readonly Role[], { kind }: Pick<Wish, 'kind'>): boolean {
  const permission: Permission = kind === 'authority' ? 'delegations.create' : 'approvals.decide';
  const allowed: readonly Role[] = permissions[permission];
  return held.some((role) => allowed.includes(role));
}
