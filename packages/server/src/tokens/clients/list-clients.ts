import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { type Page, pageQuery, takePage } from '../../wire/page.ts';
import { type ClientView, showClient } from './client-view.ts';

export const listClientsInput = z.strictObject(pageQuery);

/** Registered clients; those known by their document alone are nowhere kept. */
export async function listClients(
  context: Pick<Context, 'store'>,
  actor: Actor,
  input: unknown,
): Promise<Page<ClientView>> {
  requirePermission(actor, 'tokens.read_clients');
  const { cursor, limit } = listClientsInput.parse(input);
  const rows = await context.store.sql
    .selectFrom('clients')
    .selectAll()
    .$if(cursor !== undefined, (query) => query.where('id', '<', cursor ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return takePage(rows, limit, showClient);
}
