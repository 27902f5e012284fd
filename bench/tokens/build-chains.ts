import {
  type Context,
  createDelegation,
  openTask,
  signAccessToken,
  upstreamResource,
} from '@countersign/server/parts';
import { type EnrolledAgent, limitsOf } from '../path/enrol-agents.ts';
import { upstreamName } from '../path/prepare-gateway.ts';
import type { ChainAnswer } from './issuer-messages.ts';

/** Depths of the chain that a token got by exchange has. */
const depths = [2, 8] as const;

/**
 * A chain in which each agent passes on to the next, and for each depth the token by whose exchange the next agent gets
 * one of that depth.
 */
export async function buildChains(context: Context, agents: readonly EnrolledAgent[]): Promise<ChainAnswer> {
  const [first] = agents;
  if (first === undefined) throw new Error('no agent is enrolled');
  const expiresAt = context.platform.now() + 86_400_000;
  const root = await createDelegation(
    context,
    { kind: 'operator' },
    {
      ...{ agentId: first.id, purpose: 'Answer questions about orders' },
      limits: { ...limitsOf(expiresAt), depth: 8 },
    },
  );
  const links = [root.id];
  const subjects: { depth: number; client: number; token: string }[] = [];
  for (let at = 0; at < Math.max(...depths); at++) {
    const [agent, next] = [agents[at], agents[at + 1]];
    const held = links.at(-1);
    if (agent === undefined || next === undefined || held === undefined) throw new Error('too few agents');
    const actor = { kind: 'agent', agent: agent.id, key: agent.key } as const;
    const depth = at + 2;
    if (depth > Math.max(...depths)) break;
    const passed = await createDelegation(context, actor, {
      ...{ agentId: next.id, parentId: held, purpose: 'Help with it', limits: { depth: 8 - depth } },
    });
    if (depths.some((wanted) => wanted === depth)) {
      subjects.push({ depth, client: at + 1, token: await signSubject(context, agent, held) });
    }
    links.push(passed.id);
  }
  return { subjects };
}

/** A task under the delegation, and its token. */
async function signSubject(context: Context, agent: EnrolledAgent, delegationId: string): Promise<string> {
  const actor = { kind: 'agent', agent: agent.id, key: agent.key } as const;
  const opened = { delegationId, purpose: 'Where is order 17?', ttlSeconds: 3600, limits: {} };
  const { id } = await openTask(context, actor, opened);
  const task = await context.tasks.lease(id);
  const iat = Math.floor(context.platform.now() / 1000);
  const { issuer, signingKeys } = context.tokens;
  return signAccessToken(signingKeys.current(), {
    ...{ iss: issuer, sub: agent.id, client_id: agent.id, agent: agent.id, owner: agent.ownerId },
    ...{ aud: [upstreamResource(issuer, upstreamName)], iat, exp: iat + 300, task: id, chain: task.chainIds },
    ...{ jti: context.platform.newId('tok'), cnf: { jkt: agent.key }, client_jkt: agent.key },
  });
}
