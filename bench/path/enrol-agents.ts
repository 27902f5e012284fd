import type { JsonWebKey } from 'node:crypto';
import {
  type Context,
  createDelegation,
  openTask,
  parseAgentKey,
  registerAgent,
} from '@countersign/server/parts';
import { copyAgents } from './copy-agents.ts';

/** What its calls are about. */
const prompt = 'Look up order o-20260728-0017, all 12 lines of it.';

/** An agent with a delegation and an open task. */
export interface EnrolledAgent {
  readonly id: string;
  readonly ownerId: string;
  /** RFC 7638 thumbprint. */
  readonly key: string;
  readonly delegationId: string;
  readonly taskId: string;
}

/** Enrols an agent for each key: the first one as the product does it, the others as copies of its rows and records. */
export async function enrolAgents(
  context: Context,
  jwks: readonly JsonWebKey[],
): Promise<readonly EnrolledAgent[]> {
  const [jwk, ...others] = jwks;
  const first = await enrolAgent(context, await addOwner(context), jwk);
  return [first, ...(await copyAgents(context, first, others))];
}

interface Enrolment {
  readonly name?: string;
  readonly upstreams?: '*';
  readonly actions?: readonly string[];
}

/** The same for somebody whom a directory made; people join with a passkey, which a bench has none of. */
export async function hireAgents(
  context: Context,
  ownerId: string,
  [jwk, ...others]: readonly JsonWebKey[],
): Promise<readonly EnrolledAgent[]> {
  await context.store.sql
    .updateTable('people')
    .set({ state: 'active', roles: '["owner"]' })
    .where('id', '=', ownerId)
    .execute();
  const name = `agent-${ownerId.slice(-12).toLowerCase()}`;
  const first = await enrolAgent(context, ownerId, jwk, { name, upstreams: '*', actions: ['*'] });
  return [first, ...(await copyAgents(context, first, others))];
}

async function enrolAgent(
  context: Context,
  ownerId: string,
  jwk: JsonWebKey | undefined,
  { name = 'agent-0', ...further }: Enrolment = {},
): Promise<EnrolledAgent> {
  const operator = { kind: 'operator' } as const;
  const about = { name, ownerId, purpose: 'Looks orders up', environment: 'development' };
  const { id } = await registerAgent(context, operator, { ...about, jwk });
  const expiresAt = context.platform.now() + 86_400_000;
  const limits = { ...limitsOf(expiresAt), ...further };
  const delegated = { agentId: id, purpose: 'Answer questions about orders', limits };
  const { id: delegationId } = await createDelegation(context, operator, delegated);
  const { thumbprint: key } = await parseAgentKey(jwk);
  const opened = { delegationId, purpose: 'Where is order 17?', prompt, ttlSeconds: 3600 };
  const { id: taskId } = await openTask(context, { kind: 'agent', agent: id, key }, opened);
  return { id, ownerId, key, delegationId, taskId };
}

/** What the agents of a bench may do. */
export function limitsOf(expiresAt: number) {
  return {
    upstreams: ['orders'],
    actions: ['orders/*'],
    effects: ['read', 'write'] as const,
    calls: 10_000_000,
    expiresAt,
  };
}

/** People join with a passkey, which a bench has none of. */
async function addOwner(context: Context): Promise<string> {
  const id = context.platform.newId('per');
  const about = { display_name: 'Owner', email: null, roles: '["owner"]', state: 'active' as const };
  await context.store.sql
    .insertInto('people')
    .values({ id, ...about, created_at: context.platform.now() })
    .execute();
  return id;
}
