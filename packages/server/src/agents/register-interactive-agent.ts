import { AppError } from '@countersign/api';
import { applyAgentEvent } from '@countersign/core';
import type { Context } from '../context.ts';
import { type Actor, nameActor } from '../people/index.ts';
import type { Transaction } from '../plugins/database/database.ts';

export interface NewInteractiveAgent {
  readonly ownerId: string;
  /** Identifier of the client. */
  readonly clientId: string;
  /** What the client calls itself; not verified. */
  readonly clientName: string;
}

/**
 * Registers the agent that stands for one client in the hands of one person. It has no key: it acts with what its client
 * is given for the person's consent, and with nothing else. Returns its id and the record to follow from.
 */
export async function registerInteractiveAgent(
  context: Pick<Context, 'config' | 'platform'>,
  tx: Transaction,
  actor: Actor,
  given: NewInteractiveAgent,
): Promise<{ readonly id: string; readonly record: string }> {
  const { ownerId, clientId, clientName } = given;
  const id = context.platform.newId('agt');
  const at = context.platform.now();
  const activated = applyAgentEvent('registered', 'activate');
  if (!activated.ok) throw new AppError('agent.transition_refused');
  const facts = {
    name: nameAfter(clientName, id),
    purpose: `Interactive session of ${clientName}`,
    environment: context.config.server.environment,
  };
  await tx.sql
    .insertInto('agents')
    .values({
      ...{ id, ...facts, owner_id: ownerId, state: activated.state, kind: 'interactive' },
      ...{ created_at: at, changed_at: at },
    })
    .execute();
  const record = context.platform.newId('rec');
  const by = nameActor(actor);
  const about = { at, agent: id, person: ownerId };
  const body = { by, ...facts, ownerId, kind: 'interactive', client: clientId };
  tx.record({ ...about, id: record, kind: 'agent.registered', causes: [], body });
  tx.record({
    ...about,
    id: context.platform.newId('rec'),
    kind: 'agent.state_changed',
    causes: [record],
    body: { by, from: 'registered', to: 'active' },
  });
  return { id, record };
}

/** Names are unique and of lower-case ASCII words; two clients that call themselves the same stay apart. */
function nameAfter(clientName: string, id: string): string {
  const words = clientName.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const stem = /^[a-z]/.test(words[0] ?? '') ? words : ['client', ...words];
  return `${stem.join('-').slice(0, 40).replace(/-$/, '')}-${id.slice(-10).toLowerCase()}`;
}
