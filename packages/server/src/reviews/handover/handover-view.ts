import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { type Page, pageQuery, pageSchema, takePage } from '../../wire/page.ts';
import { type HandoverRow, loadHandover, readContent, readOutcomes } from './handover.ts';

const outcome = z.object({
  outcome: z.enum(['taken', 'retired', 'left']),
  reason: z.string().nullable(),
  delegations: z.array(z.string()).readonly(),
});

export const handoverAnswer = z.object({
  id: z.string(),
  state: z.enum(['proposed', 'accepted', 'declined', 'expired', 'withdrawn']),
  fromPersonId: z.string().nullable(),
  toPersonId: z.string(),
  reason: z.string().nullable(),
  proposedBy: z.string(),
  proposedAt: z.number(),
  expiresAt: z.number(),
  decidedAt: z.number().nullable(),
  digest: z.string(),
  link: z.string().describe('Where the new owner takes them, or declines'),
  agents: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        state: z.string(),
        delegations: z.number(),
        outcome: outcome.nullable(),
      }),
    )
    .readonly(),
});
export const handoverPageAnswer = pageSchema(handoverAnswer);

export type HandoverView = z.infer<typeof handoverAnswer>;

export function showHandover(row: HandoverRow, server: string): HandoverView {
  const outcomes = readOutcomes(row);
  return {
    ...{ id: row.id, state: row.state, fromPersonId: row.from_person_id, toPersonId: row.to_person_id },
    ...{ reason: row.reason, proposedBy: row.proposed_by, proposedAt: row.proposed_at },
    ...{ expiresAt: row.expires_at, decidedAt: row.decided_at, digest: row.digest },
    link: `${server}/agents/handovers/${row.id}`,
    agents: readContent(row).agents.map(({ id, name, state, delegations }) => ({
      ...{ id, name, state, delegations: delegations.length, outcome: outcomes[id] ?? null },
    })),
  };
}

export const listHandoversInput = z.strictObject(pageQuery);

/** Newest first; whoever may read agents sees all of them. */
export async function listHandovers(
  { store, config }: Pick<Context, 'store' | 'config'>,
  actor: Actor,
  input: unknown,
): Promise<Page<HandoverView>> {
  requirePermission(actor, 'agents.read');
  const { cursor, limit } = listHandoversInput.parse(input);
  const rows = await store.sql
    .selectFrom('agent_handovers')
    .selectAll()
    .$if(cursor !== undefined, (query) => query.where('id', '<', cursor ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const server = new URL(config.server.publicUrl).origin;
  return takePage(rows, limit, (row) => showHandover(row, server));
}

/** Throws `agent.handover_not_found`. */
export async function getHandover(
  { store, config }: Pick<Context, 'store' | 'config'>,
  actor: Actor,
  id: string,
): Promise<HandoverView> {
  requirePermission(actor, 'agents.read');
  return showHandover(await loadHandover(store.sql, id), new URL(config.server.publicUrl).origin);
}
