import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { loadAgent, requireOwner } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { requireUpstreamUrl } from '../../outbound/address-guard.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { idSchema } from '../../wire/id-schema.ts';

export const notificationEndpointInput = z.strictObject({
  agentId: idSchema('agt'),
  /** `backchannel_client_notification_endpoint` (CIBA §4); null: the agent polls. */
  url: z.string().min(1).max(1024).nullable(),
});

export interface NotificationEndpoint {
  readonly agentId: string;
  readonly url: string | null;
  /** How the agent hears of answers (CIBA §5). */
  readonly delivery: 'ping' | 'poll';
}

/** Where the agent is told that an answer is there. Throws `agent.notification_endpoint_refused`. */
export async function setNotificationEndpoint(
  context: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  input: unknown,
): Promise<NotificationEndpoint> {
  requirePermission(actor, 'agents.change');
  const { agentId, url } = notificationEndpointInput.parse(input);
  if (url !== null) requireNotifiableUrl(url);
  return context.store.transaction(async (tx) => {
    const agent = await loadAgent(tx.sql, agentId);
    requireOwner(actor, agent.owner_id);
    const now = context.platform.now();
    await tx.sql.deleteFrom('backchannel_endpoints').where('agent_id', '=', agentId).execute();
    if (url !== null) {
      await tx.sql
        .insertInto('backchannel_endpoints')
        .values({ agent_id: agentId, url, set_at: now })
        .execute();
    }
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'agent.notification_endpoint_set',
      at: now,
      causes: agent.causes,
      agent: agentId,
      person: agent.owner_id,
      // Its path may hold what only the two of them know.
      body: { by: nameActor(actor), origin: url === null ? null : new URL(url).origin },
    });
    return describe(agentId, url);
  });
}

export async function getNotificationEndpoint(
  context: Pick<Context, 'store'>,
  actor: Actor,
  input: unknown,
): Promise<NotificationEndpoint> {
  requirePermission(actor, 'agents.read');
  const { agentId } = notificationEndpointInput.pick({ agentId: true }).parse(input);
  await loadAgent(context.store.sql, agentId);
  return describe(agentId, (await findNotificationEndpoint(context.store.sql, agentId)) ?? null);
}

export async function findNotificationEndpoint(
  sql: Kysely<Schema>,
  agentId: string,
): Promise<string | undefined> {
  const row = await sql
    .selectFrom('backchannel_endpoints')
    .select('url')
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
  return row?.url;
}

/**
 * https on a public address, or anything on this very machine, for an agent that runs beside us. Throws
 * `agent.notification_endpoint_refused`.
 */
export function requireNotifiableUrl(text: string): { readonly url: URL; readonly isHere: boolean } {
  const isHere = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:[/?]|$)/.test(text);
  try {
    const url = requireUpstreamUrl(text, isHere);
    if (url.hash === '') return { url, isHere };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
  }
  throw new AppError('agent.notification_endpoint_refused');
}

function describe(agentId: string, url: string | null): NotificationEndpoint {
  return { agentId, url, delivery: url === null ? 'poll' : 'ping' };
}
