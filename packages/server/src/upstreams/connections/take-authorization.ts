import { AppError } from '@countersign/api';
import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Schema } from '../../plugins/database/schema.ts';

export type TakenAuthorization = Selectable<Schema['upstream_authorizations']>;

/** What the state of an answer stands for, out of the store: whoever brings it, it never counts again. */
export async function takeAuthorization(
  context: Pick<Context, 'store'>,
  answer: URLSearchParams,
): Promise<TakenAuthorization> {
  const states = answer.getAll('state');
  const [state] = states;
  // Hostile: it comes in a link that anybody may have made.
  if (state === undefined || states.length > 1 || !/^[A-Za-z0-9_-]{43}$/.test(state)) throw unknown();
  const digest = sha256(state);
  return context.store.transaction(async (tx) => {
    const row = await tx.sql
      .selectFrom('upstream_authorizations')
      .selectAll()
      .where('state_digest', '=', digest)
      .executeTakeFirst();
    if (row === undefined) throw unknown();
    await tx.sql.deleteFrom('upstream_authorizations').where('state_digest', '=', digest).execute();
    return row;
  });
}

function unknown(): AppError {
  return new AppError('upstream.authorization_invalid', { detail: 'nobody is on the way back with it' });
}
