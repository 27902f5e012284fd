import { AppError } from '@countersign/api';
import { canonicalJson, type JsonValue } from '@countersign/core';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import {
  type AgentRow,
  changeReason,
  requireMayOwn,
  requireOwner,
  selectAgents,
} from '../../agents/index.ts';
import { notePersonNews } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { catchUp, countedSince } from '../use/index.ts';
import { type HandoverContent, handoverLifetimeMilliseconds, mostAgents } from './handover.ts';
import { type HandoverView, showHandover } from './handover-view.ts';
import { offerAgent } from './offer-agents.ts';

export const proposeHandoverInput = z.strictObject({
  toPersonId: idSchema('per'),
  /** All agents of this person; or those named. */
  fromPersonId: idSchema('per').optional(),
  agentIds: z.array(idSchema('agt')).min(1).max(mostAgents).optional(),
  /** What is proposed for each; the person it is proposed to chooses. */
  suggests: z.enum(['take', 'retire']).default('take'),
  reason: changeReason.optional(),
});

/**
 * Proposes agents to another person, who takes them with a passkey or declines; nothing changes before. Their owner may,
 * and administrators. Throws `agent.not_found`, `person.not_found`, `person.forbidden`.
 */
export async function proposeHandover(context: Context, actor: Actor, input: unknown): Promise<HandoverView> {
  requirePermission(actor, 'agents.change');
  const given = proposeHandoverInput.parse(input);
  const { toPersonId: to, fromPersonId: from, reason } = given;
  const agents = await findAgents(context.store.sql, given);
  for (const agent of agents) requireOwner(actor, agent.owner_id);
  await requireMayOwn(context.store.sql, to);
  await catchUp(context);
  const { platform, store } = context;
  const now = platform.now();
  const id = platform.newId('hnd');
  const offered = [];
  for (const agent of agents) offered.push(await offerAgent(store.sql, agent, now));
  const content: HandoverContent = {
    ...{ purpose: 'countersign agent handover 1', handover: id, from: from ?? null, to },
    server: new URL(context.config.server.publicUrl).origin,
    ...{ suggests: given.suggests, expiresAt: now + handoverLifetimeMilliseconds },
    ...{ countedSince: await countedSince(context), agents: offered },
  };
  const text = canonicalJson(content as unknown as JsonValue);
  const record = platform.newId('rec');
  const row = {
    ...{ id, from_person_id: from ?? null, to_person_id: to, state: 'proposed' as const },
    ...{ reason: reason ?? null, content: text, digest: sha256(text), proposed_by: nameActor(actor) },
    ...{ proposed_record: record, proposed_at: now, expires_at: content.expiresAt },
    ...{ decided_at: null, choice: null, evidence: null, outcomes: null },
  };
  await store.transaction(async (tx) => {
    await tx.sql.insertInto('agent_handovers').values(row).execute();
    tx.record({
      ...{ id: record, kind: 'agent.handover_proposed', at: now, causes: [], person: to },
      body: {
        ...{ by: nameActor(actor), handover: id, to, digest: row.digest, expiresAt: row.expires_at },
        ...(reason === undefined ? {} : { reason }),
        agents: agents.map((agent) => agent.id),
      },
    });
    const subject = `${agents.length} ${agents.length === 1 ? 'agent' : 'agents'}`;
    await notePersonNews(context, tx, {
      ...{ personId: to, kind: 'handover_asked', subject, link: `/agents/handovers/${id}` },
    });
  });
  return showHandover(row, content.server);
}

async function findAgents(
  sql: Kysely<Schema>,
  { fromPersonId, agentIds }: z.infer<typeof proposeHandoverInput>,
): Promise<readonly AgentRow[]> {
  if ((fromPersonId === undefined) === (agentIds === undefined))
    throw new AppError('server.request_invalid', { detail: 'give fromPersonId or agentIds' });
  const rows = await selectAgents(sql)
    .$if(fromPersonId !== undefined, (query) => query.where('agents.owner_id', '=', fromPersonId ?? ''))
    .$if(agentIds !== undefined, (query) => query.where('agents.id', 'in', agentIds ?? []))
    .where('agents.state', '!=', 'retired')
    .orderBy('agents.name')
    .limit(mostAgents + 1)
    .execute();
  if (rows.length > mostAgents)
    throw new AppError('server.request_invalid', { detail: `agentIds: at most ${mostAgents} at once` });
  if (rows.length === 0 || rows.length < new Set(agentIds ?? []).size) throw new AppError('agent.not_found');
  return rows;
}
