import { AppError } from '@countersign/api';
import { registerAgent } from '../../../agents/index.ts';
import type { Context } from '../../../context.ts';
import { createDelegation } from '../../../delegations/index.ts';
import type { Actor } from '../../../people/index.ts';
import { openTask } from '../../../tasks/index.ts';
import { grantToken, type PresentedCredentials, upstreamResource } from '../../../tokens/index.ts';
import type { CallStep, Drill, PassOnStep } from '../drill-schema.ts';
import { type DrillKey, makeAssertion, makeDrillKey, makeProof } from './drill-key.ts';

export const drillSystem: Actor = { kind: 'system', part: 'drills' };

/** An agent in a drill's world, with a key and, once it has authority, a task and a token of its own. */
export interface DrilledAgent {
  readonly id: string;
  readonly key: DrillKey;
  readonly actor: Actor & { readonly kind: 'agent' };
  /** The authority it works under; absent until somebody passes it some. */
  held: { readonly delegation: string; readonly task: string; readonly token: string } | undefined;
  /** The last proof it used, for a thief who has seen it. */
  lastProof: string | undefined;
}

export async function enrolAgent(
  context: Context,
  ownerId: string,
  agent: { readonly name: string; readonly purpose: string; readonly groups: readonly string[] },
): Promise<DrilledAgent> {
  const key = makeDrillKey();
  const { environment } = context.config.server;
  const { id } = await registerAgent(context, drillSystem, {
    ...{ name: agent.name, ownerId, purpose: agent.purpose, environment },
    ...{ groups: [...agent.groups], jwk: key.publicJwk },
  });
  const actor = { kind: 'agent', agent: id, key: key.thumbprint } as const;
  return { id, key, actor, held: undefined, lastProof: undefined };
}

const lifetimeMilliseconds = 3_600_000;

/** From the person to the first agent, and on to a task with a token for all upstreams of the drill. */
export async function giveAuthority(
  context: Context,
  agent: DrilledAgent,
  { delegation, task }: Pick<Drill, 'delegation' | 'task'>,
  upstreams: readonly string[],
): Promise<void> {
  const expiresAt = context.platform.now() + lifetimeMilliseconds;
  const given = await createDelegation(context, drillSystem, {
    agentId: agent.id,
    purpose: delegation.purpose ?? task.purpose,
    limits: { ...delegation.limits, expiresAt },
  });
  const opened = await openTask(context, agent.actor, { delegationId: given.id, ...task });
  const details = JSON.stringify([{ type: 'agent_task', task: opened.id }]);
  const token = await requestToken(context, agent, [
    ['grant_type', 'client_credentials'],
    ['authorization_details', details],
    ...nameResources(context, readReach(delegation.limits.upstreams, upstreams)),
  ]);
  agent.held = { delegation: given.id, task: opened.id, token };
}

/** One agent passes on what it says of its authority; the other fetches a token for a task of its own with it (RFC 8693). */
export async function passAuthority(
  context: Context,
  [from, to]: readonly [DrilledAgent, DrilledAgent],
  limits: PassOnStep['passOn']['limits'],
  upstreams: readonly string[],
): Promise<void> {
  if (from.held === undefined) throw new AppError('delegation.not_found');
  const given = await createDelegation(context, from.actor, {
    ...{ agentId: to.id, taskId: from.held.task, purpose: 'Help with the task' },
    limits,
  });
  const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
  const token = await requestToken(context, to, [
    ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
    ['subject_token', from.held.token],
    ['subject_token_type', accessToken],
    ...nameResources(context, readReach(limits.upstreams, upstreams)),
  ]);
  to.held = { delegation: given.id, task: readTask(token), token };
}

function readReach(passed: readonly string[] | '*' | undefined, upstreams: readonly string[]) {
  return passed === undefined || passed === '*'
    ? upstreams
    : upstreams.filter((name) => passed.includes(name));
}

/** Of a token that was issued a moment ago. */
function readTask(token: string): string {
  const [, payload = ''] = token.split('.');
  const { task = '' }: { task?: string } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return task;
}

function nameResources({ tokens }: Context, upstreams: readonly string[]) {
  return upstreams.map((name) => ['resource', upstreamResource(tokens.issuer, name)] as const);
}

async function requestToken(
  context: Context,
  { id, key }: DrilledAgent,
  form: readonly (readonly [string, string])[],
): Promise<string> {
  const body = new URLSearchParams([
    ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
    ['client_assertion', makeAssertion(context, key, id)],
    ...form.map(([name, value]): [string, string] => [name, value]),
  ]);
  const { accessToken } = await grantToken(context, {
    body: Buffer.from(body.toString()),
    dpop: [makeProof(context, key, `${context.tokens.issuer}/oauth/token`)],
    authorization: [],
  });
  return accessToken;
}

/** A call's credentials as its holder presents them. */
function present(
  context: Context,
  agent: DrilledAgent,
  token: string,
  upstream: string,
): PresentedCredentials {
  const url = upstreamResource(context.tokens.issuer, upstream);
  const proof = makeProof(context, agent.key, url, token);
  return { authorization: [`DPoP ${token}`], dpop: [proof], method: 'POST', url, audience: url };
}

/** The agent's token, presented by itself or by somebody who has only taken it. */
export function presentToken(
  context: Context,
  agent: DrilledAgent,
  upstream: string,
  as: CallStep['token'],
): PresentedCredentials {
  const token = agent.held?.token;
  if (token === undefined) throw new AppError('token.missing');
  const before = agent.lastProof;
  const own = present(context, agent, token, upstream);
  switch (as) {
    case 'own':
      [agent.lastProof] = own.dpop;
      return own;
    case 'as-bearer':
      return { ...own, authorization: [`Bearer ${token}`], dpop: [] };
    case 'without-proof':
      return { ...own, dpop: [] };
    case 'other-key':
      return { ...own, dpop: [makeProof(context, makeDrillKey(), own.url, token)] };
    case 'replayed-proof':
      return { ...own, dpop: before === undefined ? [] : [before] };
  }
}
