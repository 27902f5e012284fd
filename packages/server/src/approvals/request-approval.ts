import { AppError } from '@countersign/api';
import { canonicalApproval, describeNarrowing, tierOf } from '@countersign/core';
import type { Insertable } from 'kysely';
import type { Context } from '../context.ts';
import { findDisplayName } from '../people/index.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';
import type { Schema } from '../plugins/database/schema.ts';
import type { LeasedTask } from '../tasks/index.ts';
import type { ApprovalInput } from './approval-state.ts';
import { spendAttention } from './attention/spend-attention.ts';
import { describeAction, readTemplate } from './describe-action.ts';
import { readAmount } from './describe-amount.ts';
import { describeConsequence } from './describe-consequence.ts';
import { describeSubject } from './describe-subject.ts';
import { digestPresented } from './digest-presented.ts';
import { drawMatchCode } from './draw-match-code.ts';
import { findChips } from './find-chips.ts';
import { makeGrantBasis } from './grants/index.ts';
import { nameGroup } from './groups/index.ts';
import { loadApproval } from './load-approval.ts';
import { noteNews } from './notices/index.ts';
import type { ChainStep, Presented } from './presented.ts';
import type { StoredApproval } from './read-approval.ts';
import { requireStanding } from './require-standing.ts';
import { type EligiblePerson, findEligible } from './routing/index.ts';
import { traceSteps } from './trace-steps.ts';

type Requesting = Pick<Context, 'platform' | 'store'>;

/** How often one person is asked in an hour; without it there is no limit. */
export interface AskingLimit {
  readonly asksPerHour?: number;
}

const longestPrompt = 4_000;
/** Asking without end is how approvals are worn out of people. */
const mostOpenOfOneAgent = 50;

/**
 * Makes the request durable together with its record. Throws `server.rate_limited` when the agent asks too much,
 * `agent.not_active` and `task.not_open` when who asks has ended.
 */
export async function requestApproval(
  context: Requesting & AskingLimit,
  input: ApprovalInput,
): Promise<StoredApproval> {
  const { decision } = input;
  const presented = await present(context, input);
  const now = context.platform.now();
  const { asked } = input;
  const latest = Math.min(decision.task.expiresAt, asked?.expiresAt ?? Number.POSITIVE_INFINITY);
  const expiresAt = Math.min(now + input.requirement.withinSeconds * 1000, latest);
  if (expiresAt <= now) throw new AppError('task.not_open');
  const tool = decision.tool?.name ?? `${decision.operation} ${decision.target}`;
  const signedAction = canonicalApproval({
    agent: decision.agent.id,
    task: decision.task.id,
    target: decision.upstream,
    tool,
    arguments: input.arguments,
    key: input.key,
    agents: decision.task.chain.map((link) => link.to),
    chain: decision.task.chainIds,
    requirement: input.requirement,
    policyVersion: input.policyVersion,
    outcome: 'allow',
    shown: digestPresented(presented),
    nonce: Buffer.from(context.platform.randomBytes(16)).toString('base64url'),
    expiresAt,
  });
  const id = context.platform.newId('apr');
  const deciders = await findEligible(context, {
    ...{ requirement: input.requirement, at: now },
    ...{ ownerId: decision.agent.ownerId, requesterId: decision.task.rootPersonId },
  });
  return context.store.transaction(async (tx) => {
    await requireStanding(tx, {
      agentId: decision.agent.id,
      personIds: [decision.agent.ownerId, ...(asked === undefined ? [] : [asked.personId])],
      taskId: decision.task.id,
    });
    await requireRoom(tx, decision.agent.id);
    const record = context.platform.newId('rec');
    const times = { requested_at: now, expires_at: expiresAt };
    const signed = { signed_action: signedAction, action_digest: sha256(signedAction) };
    const row = { id, tool, presented: JSON.stringify(presented), requested_record: record };
    await insertRequest(tx, input, { ...row, ...times, ...signed });
    await asked?.save(tx, id);
    const approval = await loadApproval(tx, id);
    await spendOn(context, tx, approval, deciders);
    tx.record({
      ...describeSubject(approval),
      id: record,
      kind: 'approval.requested',
      at: now,
      causes: input.causes,
      key: input.key,
      body: {
        callDigest: input.callDigest,
        actionDigest: approval.actionDigest,
        requirement: input.requirement,
        policyIds: input.policyIds,
        effects: decision.effects,
        environment: decision.environment,
        expiresAt,
        ...(asked === undefined ? {} : { askedFor: asked.personId }),
      },
    });
    await noteNews(context, tx, approval, 'asked');
    return approval;
  });
}

type Drawn = 'id' | 'tool' | 'presented' | 'requested_record' | 'requested_at' | 'expires_at';

async function insertRequest(
  tx: Transaction,
  input: ApprovalInput,
  drawn: Pick<Insertable<Schema['approvals']>, Drawn | 'signed_action' | 'action_digest'>,
): Promise<void> {
  const { decision, asked } = input;
  await tx.sql
    .insertInto('approvals')
    .values({
      ...drawn,
      action_id: input.actionId,
      call_digest: input.callDigest,
      agent_id: decision.agent.id,
      task_id: decision.task.id,
      owner_id: decision.agent.ownerId,
      upstream: decision.upstream,
      requirement: JSON.stringify(input.requirement),
      ...{ state: 'requested', reason: null, decided_at: null, released_at: null },
      ...describeMore(input, drawn.tool),
      ...(asked === undefined ? {} : { kind: 'once', asked_person_id: asked.personId }),
    })
    .execute();
}

/** Puts it before people as far as their attention goes. Throws `approval.people_overasked`. */
export async function spendOn(
  { platform, asksPerHour }: Requesting & AskingLimit,
  tx: Transaction,
  { id, groupId, requirement }: Pick<StoredApproval, 'id' | 'groupId' | 'requirement'>,
  deciders: readonly EligiblePerson[],
): Promise<void> {
  if (asksPerHour === undefined) return;
  const asked = { approvalId: id, deciders, groupId, quorum: requirement.quorum };
  await spendAttention({ platform, asksPerHour }, tx, asked);
}

/** What the request may be decided together with, and what a signature under it may let through beside it. */
function describeMore({ decision, requirement, asked, traces }: ApprovalInput, tool: string) {
  const basis = asked === undefined ? makeGrantBasis(decision, requirement, traces) : null;
  const about = { agent: decision.agent.id, upstream: decision.upstream, tool };
  return {
    grant_basis: basis === null ? null : JSON.stringify(basis),
    group_id: nameGroup(about, requirement, basis),
  };
}

/** Throws `server.rate_limited` when too much of the agent waits for people already. */
export async function requireRoom(tx: Transaction, agentId: string): Promise<void> {
  const open = await tx.sql
    .selectFrom('approvals')
    .select((all) => all.fn.countAll<number>().as('count'))
    .where('agent_id', '=', agentId)
    .where('state', '=', 'requested')
    .where('drill', 'is', null)
    .executeTakeFirstOrThrow();
  if (Number(open.count) >= mostOpenOfOneAgent) throw new AppError('server.rate_limited');
}

async function present(context: Requesting, input: ApprovalInput): Promise<Presented> {
  const { decision, asked } = input;
  const { agent, task } = decision;
  return {
    sentence: describeAction(decision, input.arguments),
    template: nameTemplate(decision),
    tier: weigh(input),
    agentName: agent.name,
    ownerName: await findDisplayName(context, agent.ownerId),
    requesterId: task.rootPersonId,
    requesterName: await findDisplayName(context, task.rootPersonId),
    environment: decision.environment,
    operation: decision.operation,
    effects: decision.effects,
    dataDomain: decision.dataDomain,
    chips: await findChips(context, input),
    consequence: describeConsequence(decision, readAmount(decision, input.arguments)),
    steps: await traceSteps(context, input),
    task: describeTask(task),
    chain: await nameChain(context, task),
    policyIds: input.policyIds,
    matchCode: drawMatchCode(context),
    askedName: asked === undefined ? null : await findDisplayName(context, asked.personId),
    message: asked?.message ?? null,
  };
}

function nameTemplate(decision: ApprovalInput['decision']): NonNullable<Presented['template']> | null {
  const text = readTemplate(decision);
  return text === null || decision.tool === null ? null : { text, toolDigest: decision.tool.digest };
}

function weigh({ decision, requirement }: ApprovalInput): NonNullable<Presented['tier']> {
  return tierOf({
    effects: decision.effects,
    reversibility: decision.tool?.reversibility ?? 'unknown',
    confirmed: decision.tool?.confirmed ?? true,
    quorum: requirement.quorum,
  });
}

export function describeTask(task: LeasedTask): Presented['task'] {
  return {
    purpose: task.purpose,
    prompt: task.prompt === null ? null : shorten(task.prompt),
    openedAt: task.openedAt,
    expiresAt: task.expiresAt,
  };
}

/** Says itself that it is shortened. */
function shorten(prompt: string): string {
  if (prompt.length <= longestPrompt) return prompt;
  return `${prompt.slice(0, longestPrompt).toWellFormed()} … ${prompt.length - longestPrompt} more characters`;
}

export async function nameChain(
  context: Requesting,
  { chain }: Pick<LeasedTask, 'chain'>,
): Promise<readonly ChainStep[]> {
  const ids = chain.map((link) => link.to);
  const agents =
    ids.length === 0
      ? []
      : await context.store.sql.selectFrom('agents').select(['id', 'name']).where('id', 'in', ids).execute();
  const name = async (id: string): Promise<string> =>
    agents.find((agent) => agent.id === id)?.name ?? findDisplayName(context, id);
  return Promise.all(
    chain.map(async (link, at) => ({
      delegationId: link.id,
      from: await name(link.from),
      to: await name(link.to),
      purpose: link.purpose,
      dropped: describeNarrowing(chain[at - 1]?.limits ?? link.limits, link.limits),
    })),
  );
}
