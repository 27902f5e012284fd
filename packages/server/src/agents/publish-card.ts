import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { plainLine } from '../wire/plain-text.ts';
import { loadAgent } from './load-agent.ts';
import { requireOwner } from './require-owner.ts';

const skill = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/),
  name: plainLine(100),
  description: plainLine(500),
  tags: z.array(plainLine(50)).min(1).max(16),
});

export const publishCardInput = z.strictObject({
  agentId: idSchema('agt'),
  /** Where the agent listens, JSON-RPC of A2A 1.0. */
  url: z.string().max(2048).refine(isPlainUrl, 'not a plain http or https URL'),
  /** Where it listens in the HTTP+JSON binding, if it does. */
  restUrl: z.string().max(2048).refine(isPlainUrl, 'not a plain http or https URL').optional(),
  /** Its purpose when absent. */
  description: plainLine(1000).optional(),
  streaming: z.boolean().default(false),
  skills: z.array(skill).max(64).default([]),
});

export type CardSettings = Omit<z.infer<typeof publishCardInput>, 'agentId'>;

/** What is published of an agent. */
export interface PublishedCard extends CardSettings {
  readonly agentId: string;
  readonly name: string;
  readonly purpose: string;
}

/**
 * Lets the world read a card of the agent, signed by this server, or another one than before. Throws `agent.not_found`,
 * `agent.transition_refused`, `person.forbidden`.
 */
export async function publishCard(context: Context, actor: Actor, input: unknown): Promise<PublishedCard> {
  requirePermission(actor, 'agents.change');
  const { agentId, ...card } = publishCardInput.parse(input);
  return context.store.transaction(async (tx) => {
    const agent = await loadAgent(tx.sql, agentId);
    requireOwner(actor, agent.owner_id);
    if (agent.state === 'retired') throw new AppError('agent.transition_refused');
    const now = context.platform.now();
    const record = context.platform.newId('rec');
    await tx.sql.deleteFrom('agent_cards').where('agent_id', '=', agentId).execute();
    const row = { url: card.url, card: JSON.stringify(card), published_record: record, published_at: now };
    await tx.sql
      .insertInto('agent_cards')
      .values({ agent_id: agentId, ...row })
      .execute();
    tx.record({
      ...{ id: record, kind: 'agent.card_published', at: now, causes: agent.causes },
      ...{ agent: agentId, person: agent.owner_id },
      body: { by: nameActor(actor), url: card.url, skills: card.skills.map(({ id }) => id) },
    });
    return { agentId, name: agent.name, purpose: agent.purpose, ...card };
  });
}

/** Nobody can read the card from then on. Throws `agent.not_found`, `person.forbidden`. */
export async function withdrawCard(context: Context, actor: Actor, agentId: string): Promise<void> {
  requirePermission(actor, 'agents.change');
  await context.store.transaction(async (tx) => {
    const agent = await loadAgent(tx.sql, agentId);
    requireOwner(actor, agent.owner_id);
    const held = await tx.sql
      .selectFrom('agent_cards')
      .select('published_record')
      .where('agent_id', '=', agentId)
      .executeTakeFirst();
    if (held === undefined) return;
    await tx.sql.deleteFrom('agent_cards').where('agent_id', '=', agentId).execute();
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'agent.card_withdrawn', at: context.platform.now() },
      ...{ causes: [held.published_record], agent: agentId, person: agent.owner_id },
      body: { by: nameActor(actor) },
    });
  });
}

/** What is published of an agent that is active; undefined for every other one. */
export async function findCard(
  { store }: Pick<Context, 'store'>,
  agentId: string,
): Promise<PublishedCard | undefined> {
  const row = await store.sql
    .selectFrom('agent_cards')
    .innerJoin('agents', 'agents.id', 'agent_cards.agent_id')
    .select(['agents.name', 'agents.purpose', 'agent_cards.card'])
    .where('agents.id', '=', agentId)
    .where('agents.state', '=', 'active')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { agentId, name: row.name, purpose: row.purpose, ...(JSON.parse(row.card) as CardSettings) };
}

function isPlainUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || url.protocol === 'http:';
}
