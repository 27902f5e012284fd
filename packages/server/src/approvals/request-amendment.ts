import { AppError } from '@countersign/api';
import {
  type AmendedCall,
  type AskedAmendment,
  canonicalAmendment,
  MOST_AMENDED_CALLS,
  mergeRequirements,
  NO_GRANT,
  namesEveryValue,
  proposeEntries,
} from '@countersign/core';
import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';
import type { AmendmentInput, Approval } from './approval-state.ts';
import { describeSubject } from './describe-subject.ts';
import { joinShown } from './join-shown.ts';
import { loadApproval } from './load-approval.ts';
import { noteNews } from './notices/index.ts';
import { presentAmendment } from './present-amendment.ts';
import type { StoredApproval } from './read-approval.ts';
import { type AskingLimit, requireRoom, spendOn } from './request-approval.ts';
import { requireStanding } from './require-standing.ts';
import { findEligibleIn } from './routing/index.ts';

type Requesting = Pick<Context, 'platform' | 'store'> & AskingLimit;

/** What a person can be expected to read, and an approval to hold. */
const longestText = 65_536;

/**
 * Asks anew. Durable together with its record. Throws `server.rate_limited`, `task.plan_too_large`, `task.not_open`,
 * `agent.not_active`.
 * Asks anew. Durable together with its record. Throws `server.rate_limited`, `approval.people_overasked`,
 * `task.plan_too_large`, `task.not_open`.
 */
export async function requestAmendment(context: Requesting, input: AmendmentInput): Promise<StoredApproval> {
  const { agent, task } = input;
  const now = context.platform.now();
  const expiresAt = Math.min(now + input.requirement.withinSeconds * 1000, task.expiresAt);
  if (expiresAt <= now) throw new AppError('task.not_open');
  const asked: AskedAmendment = {
    agent: agent.id,
    agents: task.chain.map((link) => link.to),
    chain: task.chainIds,
    task: task.id,
    ...{ key: input.key, by: input.by, prompt: input.prompt, confirms: input.confirms },
    ...propose(input, input.calls, now),
    ...{ requirement: input.requirement, policyVersion: input.policyVersion },
    nonce: Buffer.from(context.platform.randomBytes(16)).toString('base64url'),
    expiresAt,
  };
  const text = writeText(asked);
  if (!task.history.plan.hasRoomFor(asked.entries)) throw new AppError('task.plan_too_large');
  const presented = await presentAmendment(context, input, asked);
  const id = context.platform.newId('apr');
  return context.store.transaction(async (tx) => {
    const personIds = [agent.ownerId, ...(input.personId === null ? [] : [input.personId])];
    await requireStanding(tx, { agentId: agent.id, personIds, taskId: task.id });
    await requireRoom(tx, agent.id);
    const record = context.platform.newId('rec');
    const [first] = asked.calls;
    await tx.sql
      .insertInto('approvals')
      .values({
        ...{ id, action_id: input.actionId, call_digest: sha256(`${id} ${text}`) },
        ...{ action_digest: sha256(text), agent_id: agent.id, task_id: task.id, owner_id: agent.ownerId },
        ...nameTarget(first),
        ...{ signed_action: text, presented: JSON.stringify(presented) },
        ...{ requirement: JSON.stringify(input.requirement), state: 'requested' as const, reason: null },
        ...{ requested_at: now, expires_at: expiresAt, decided_at: null, released_at: null },
        ...{ requested_record: record, kind: 'amendment' as const, asked_person_id: input.personId },
      })
      .execute();
    const approval = await loadApproval(tx, id);
    await spend(context, tx, approval, now);
    recordAsking(tx, approval, { id: record, kind: 'approval.requested', at: now, input });
    await noteNews(context, tx, approval, 'asked');
    return approval;
  });
}

/**
 * Adds calls to a question that nobody has signed yet; what is signed is then another text, and a page that showed the one
 * before must be read again. Undefined when they cannot be asked about together: too much, other people, or too late.
 * Who was asked already is not told again. Throws `approval.people_overasked` when more people must decide it now.
 */
export async function extendAmendment(
  context: Requesting,
  open: Approval,
  input: AmendmentInput,
): Promise<StoredApproval | undefined> {
  return context.store.transaction(async (tx) => {
    const before = await loadApproval(tx, open.id);
    const now = context.platform.now();
    if (before.state !== 'requested' || before.votes.length > 0 || now >= before.expiresAt) return undefined;
    const merged = mergeRequirements(before.requirement, input.requirement);
    // Who asks for a decision sooner than this one has time for asks alone.
    const isTooLate = before.expiresAt > now + input.requirement.withinSeconds * 1000;
    if (!merged.possible || isTooLate) return undefined;
    const { requirement } = merged;
    const asked: AskedAmendment = JSON.parse(before.signedAction);
    const known = new Set(asked.calls.map(({ callDigest }) => callDigest));
    const calls = [...asked.calls, ...input.calls.filter(({ callDigest }) => !known.has(callDigest))];
    if (calls.length > MOST_AMENDED_CALLS) return undefined;
    const { policyVersion } = input;
    const wider: AskedAmendment = { ...asked, ...propose(input, calls, now), requirement, policyVersion };
    const text = canonicalAmendment(wider);
    const hasRoom = input.task.history.plan.hasRoomFor(wider.entries);
    if (text.length > longestText || !hasRoom) return undefined;
    if (text === before.signedAction) return before;
    const joined = { ...input, ...joinShown(before.presented, input) };
    const presented = await presentAmendment(context, joined, wider);
    await tx.sql
      .updateTable('approvals')
      .set({
        ...{ signed_action: text, action_digest: sha256(text), requirement: JSON.stringify(requirement) },
        // The code stays: the agent may have shown it already.
        presented: JSON.stringify({ ...presented, matchCode: before.presented.matchCode }),
      })
      .where('id', '=', before.id)
      .where('action_digest', '=', before.actionDigest)
      .execute();
    const approval = await loadApproval(tx, before.id);
    await spend(context, tx, approval, now);
    const record = context.platform.newId('rec');
    recordAsking(tx, approval, { id: record, kind: 'approval.extended', at: now, input: joined });
    await noteNews(context, tx, approval, 'extended');
    return approval;
  });
}

/** Whom a person asks to sign what they want themselves, and nobody else, is asked whatever else they are asked. */
async function spend(
  context: Requesting,
  tx: Transaction,
  approval: StoredApproval,
  at: number,
): Promise<void> {
  if (approval.askedPersonId !== null) return;
  const { requirement, ownerId, presented } = approval;
  const { requesterId } = presented;
  await spendOn(
    context,
    tx,
    approval,
    await findEligibleIn(tx.sql, { requirement, ownerId, requesterId, at }),
  );
}

/** Throws `task.plan_too_large` when a call has values that the page could not show one by one. */
function propose(input: AmendmentInput, calls: readonly AmendedCall[], now: number) {
  if (!calls.every(namesEveryValue)) throw new AppError('task.plan_too_large');
  const grant = input.task.history.plan.grantOf(input.task.id, now) ?? NO_GRANT;
  return { calls, entries: proposeEntries(grant, calls, now) };
}

function writeText(asked: AskedAmendment): string {
  const text = canonicalAmendment(asked);
  if (asked.calls.length > MOST_AMENDED_CALLS || text.length > longestText)
    throw new AppError('task.plan_too_large');
  return text;
}

/** What lists and records name it by: the first call. */
function nameTarget(first: AmendedCall | undefined): { readonly upstream: string; readonly tool: string } {
  if (first === undefined) return { upstream: '', tool: '' };
  const slash = first.tool.indexOf('/');
  return { upstream: first.tool.slice(0, slash), tool: first.tool.slice(slash + 1) };
}

interface Asking {
  readonly id: string;
  readonly kind: 'approval.requested' | 'approval.extended';
  readonly at: number;
  readonly input: AmendmentInput;
}

function recordAsking(tx: Transaction, approval: StoredApproval, { id, kind, at, input }: Asking): void {
  const { calls, entries, by }: AskedAmendment = JSON.parse(approval.signedAction);
  tx.record({
    ...describeSubject(approval),
    ...{ id, kind, at },
    causes: [
      ...new Set([...input.causes, ...(kind === 'approval.extended' ? approval.recordIds.slice(0, 1) : [])]),
    ],
    ...(input.key === '' ? {} : { key: input.key }),
    ...(input.personId === null ? {} : { person: input.personId }),
    body: {
      actionDigest: approval.actionDigest,
      requirement: approval.requirement,
      policyIds: input.policyIds,
      expiresAt: approval.expiresAt,
      amends: {
        by,
        callDigests: calls.map(({ callDigest }) => callDigest),
        tools: [...new Set(entries.map(({ tool }) => tool))],
      },
    },
  });
}
