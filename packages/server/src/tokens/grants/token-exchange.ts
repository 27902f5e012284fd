import { AppError } from '@countersign/api';
import type { AgentFacts } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { openChildTask, requireStanding } from '../../tasks/index.ts';
import { everyUpstream } from '../../upstreams/index.ts';
import { requireAgent } from '../authenticate-client.ts';
import { findPassedOn } from '../exchange/find-passed-on.ts';
import { accessTokenType, readExchange } from '../exchange/read-exchange.ts';
import { type Subject, verifyActor, verifySubject } from '../exchange/verify-subject.ts';
import { readUpstreamResource, upstreamResource } from '../resource-urls.ts';
import { nameBinding } from '../token-binding.ts';
import type { Actor, TokenClaims } from '../token-claims.ts';
import type { Grant, GrantRequest, TokenGrant } from '../token-grant.ts';

/**
 * RFC 8693: an agent asks, with another's task token, for a token to help with that task. It gets a task of its own that
 * works for the subject's, under what the subject has passed on to it: never longer, never wider, for no upstream that
 * the subject token was not for, and bound to the key of this request.
 */
export const tokenExchangeGrant: Grant = {
  type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  clients: 'agents',
  async grant(context, request) {
    const agent = requireAgent(request.client);
    const { issuer } = context.tokens;
    const exchange = readExchange(request.parameters, issuer);
    const subject = await verifySubject(context, exchange.subjectToken);
    if (exchange.actorToken !== null) {
      await verifyActor(context, exchange.actorToken, { agentId: agent.id, binding: request.binding });
    }
    const { may_act } = subject.claims;
    if (may_act !== undefined && may_act.sub !== agent.id) throw new AppError('token.exchange_refused');
    const upstreams = chooseUpstreams(context, subject, exchange.upstreams);
    const delegationId = await findPassedOn(context, {
      task: subject.task,
      client: agent.id,
      named: exchange.details.delegation,
    });
    const { limits, purpose, ttlSeconds } = exchange.details;
    const opened = await openChildTask(context, {
      agentId: agent.id,
      key: nameBinding(request.binding),
      delegationId,
      parent: subject.task,
      purpose: purpose ?? null,
      ttlSeconds: ttlSeconds ?? null,
      // What the token is for is all that its task, and any later token of it, reaches.
      limits: { ...limits, upstreams: reachOf(subject, upstreams) },
    });
    return describeGrant(context, request, { agent, subject, taskId: opened.id, upstreams });
  },
};

/** Those asked for, all of them among the subject token's own. Throws `token.target_invalid`. */
function chooseUpstreams(
  context: Context,
  { claims, task }: Subject,
  wanted: readonly string[] | null,
): readonly string[] {
  const { issuer } = context.tokens;
  // What was handed over is for all that the task reaches; what of it may be used is what was passed on.
  const own =
    claims.may_act === undefined
      ? claims.aud.flatMap((resource) => readUpstreamResource(issuer, resource) ?? [])
      : [everyUpstream];
  const chosen = wanted ?? own;
  const { upstreams } = task.limits;
  // All of them together are more than any one of them, and not the other way round.
  const isReached = (name: string): boolean =>
    (own.includes(name) || own.includes(everyUpstream)) &&
    (name === everyUpstream ||
      ((upstreams === '*' || upstreams.includes(name)) && context.upstreams.find(name) !== undefined));
  if (chosen.length === 0 || !chosen.every(isReached)) throw new AppError('token.target_invalid');
  return chosen;
}

/** What a token for all upstreams reaches is what its subject's task does. */
function reachOf({ task }: Subject, upstreams: readonly string[]): string[] | '*' {
  const reach = upstreams.includes(everyUpstream) ? task.limits.upstreams : upstreams;
  return reach === '*' ? reach : [...reach];
}

async function describeGrant(
  context: Context,
  { binding }: GrantRequest,
  granted: {
    readonly agent: AgentFacts;
    readonly subject: Subject;
    readonly taskId: string;
    readonly upstreams: readonly string[];
  },
): Promise<TokenGrant> {
  const { agent, subject, taskId, upstreams } = granted;
  const { issuer } = context.tokens;
  const task = await context.tasks.look(taskId);
  const { through } = await requireStanding(context, task);
  const act = nestActor(subject.claims, agent.id, issuer);
  return {
    agentId: agent.id,
    subject: subject.claims.sub,
    ...(act === undefined ? {} : { act }),
    task: task.id,
    authorizationDetails: [{ type: 'agent_task', task: task.id }],
    chain: task.chainIds,
    ...(through === undefined ? {} : { through }),
    audience: upstreams.map((name) => upstreamResource(issuer, name)),
    // Never longer than what it was got with, however long its task goes on.
    notAfter: Math.min(task.expiresAt, subject.token.expiresAt),
    body: {
      exchanged: subject.token.jti,
      proven: binding.kind,
      subjectAgent: subject.token.agentId,
      subjectTask: subject.task.id,
    },
    response: { issued_token_type: accessTokenType },
    causes: task.openedRecord === null ? [] : [task.openedRecord],
  };
}

/**
 * RFC 8693 §4.1: who acts now outermost, who acted before inside; the subject itself is never one of them. What is inside
 * only says how it came about: nothing here is decided by it, everything by the chain.
 */
function nestActor(subject: TokenClaims, agentId: string, issuer: string): Actor | undefined {
  const before = subject.act ?? nameActor(subject.sub, subject.agent, issuer);
  if (before?.sub === agentId || (before === undefined && subject.sub === agentId)) return before;
  const now = { sub: agentId, iss: issuer, sub_profile: 'ai_agent' } as const;
  return before === undefined ? now : { ...now, act: before };
}

function nameActor(subject: string, agent: string, issuer: string): Actor | undefined {
  return subject === agent ? undefined : { sub: agent, iss: issuer, sub_profile: 'ai_agent' };
}
