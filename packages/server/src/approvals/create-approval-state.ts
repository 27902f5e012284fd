import { satisfiesNow } from '@countersign/core';
import type { Context } from '../context.ts';
import { type ApprovalMemory, createApprovalMemory, type HeldApproval, isOpen } from './approval-memory.ts';
import type { Approval, ApprovalInput, ApprovalState, CancelScope } from './approval-state.ts';
import { createAmending } from './create-amending.ts';
import { endDuties } from './duty/end-duty.ts';
import { cancelApprovals } from './end-approvals.ts';
import { findOpen } from './find-open.ts';
import { createGrantState } from './grants/index.ts';
import { loadApproval } from './load-approval.ts';
import { notePersonNews } from './notices/index.ts';
import { readApprovals, type StoredApproval } from './read-approval.ts';
import { refreshVoter } from './refresh-voter.ts';
import { releaseApproval } from './release-approval.ts';
import { type AskingLimit, requestApproval } from './request-approval.ts';
import { requestAuthority } from './request-authority.ts';
import { findEligibleIn } from './routing/index.ts';

/** Few enough that one transaction stays far below its limit of time. */
const cancelledAtOnce = 100;

type Parts = Pick<Context, 'log' | 'platform' | 'store'> & { readonly publicUrl: string } & AskingLimit;

/** The approvals of live tasks in memory, loaded from the store, which alone decides who may spend one. */
export async function createApprovalState(parts: Parts): Promise<ApprovalState> {
  const memory = createApprovalMemory(parts.platform.now);
  const grants = await createGrantState(parts);
  const put = (approval: StoredApproval): void => {
    // Where calls and those who follow them look there are no checks at all.
    if (approval.checkPersonId !== null) memory.announce(approval);
    else if (memory.put(hold(approval))) grants.put(approval);
  };
  await loadLive(parts, put);

  const recount = async (personId: string): Promise<void> => {
    await refreshVoter(parts, memory, put, personId);
    await grants.refreshVoter(personId);
  };

  return {
    find: memory.find,
    listOpen: () => memory.list((one) => isOpen(one.approval)).map((one) => one.approval.id),
    findForCall: memory.findForCall,
    onChange: memory.onChange,
    onAnyChange: memory.onAnyChange,
    grants,
    put,
    tellPerson: (tx, news) => notePersonNews(parts, tx, news),
    link: (approvalId) => `${parts.publicUrl}/approvals/${approvalId}`,
    load: (approvalId) => loadApproval(parts.store, approvalId),
    request: createAsking(parts, memory, put),
    async requestAuthority(input) {
      const approval = await requestAuthority(parts, input);
      put(approval);
      return approval;
    },
    requestAmendment: createAmending(parts, memory, put),
    async release(approvalId, actionId, causes, requirement) {
      const { approval, recordId } = await releaseApproval(parts, {
        approvalId,
        actionId,
        causes,
        ...(requirement === undefined ? {} : { requirement }),
      });
      put(approval);
      return recordId;
    },
    async cancel(scope, target, reason) {
      const open = memory.list((one) => isOpen(one.approval) && isUnder(one, scope, target));
      // What commits while this runs, or is no longer in memory, is known to the store alone.
      const stored = await findOpen(parts.store, scope, target);
      const ids = [...new Set([...open.map((one) => one.approval.id), ...stored])];
      for (let from = 0; from < ids.length; from += cancelledAtOnce) {
        const some = ids.slice(from, from + cancelledAtOnce);
        for (const cancelled of await cancelApprovals(parts, some, reason)) put(cancelled);
      }
      await grants.end((approval) => isUnder({ approval, chain: approval.chain }, scope, target), reason);
      if (scope === 'task') memory.forgetTask(target);
    },
    findEligible: findEligibleIn,
    async endDuties(tx, personId, reason) {
      const ended = await endDuties(parts, tx, personId, reason);
      tx.afterCommit(() => {
        for (const { holder_id } of ended)
          recount(holder_id).catch((err: unknown) =>
            parts.log.error({ err, person: holder_id }, 'counting votes anew failed'),
          );
      });
    },
    refreshVoter: recount,
  };
}

/** Asks once for one call, however many ask at the same time. */
function createAsking(
  parts: Parts,
  memory: ApprovalMemory,
  put: (approval: StoredApproval) => void,
): ApprovalState['request'] {
  const asking = new Map<string, Promise<Approval>>();
  const ask = async (input: ApprovalInput): Promise<Approval> => {
    const earlier = memory.findForCall(input.callDigest);
    // A change of the plan that the call is a part of is another question.
    if (earlier !== undefined && earlier.kind !== 'amendment' && isOpen(earlier)) {
      if (stillSatisfies(earlier, input, parts.platform.now())) return earlier;
      const reason = earlier.key === input.key ? 'policy.changed' : 'agent.key_changed';
      for (const cancelled of await cancelApprovals(parts, [earlier.id], reason)) put(cancelled);
    }
    const approval = await requestApproval(parts, input);
    put(approval);
    return approval;
  };
  return (input) => {
    const under = asking.get(input.callDigest);
    if (under !== undefined) return under;
    const asked = ask(input).finally(() => asking.delete(input.callDigest));
    asking.set(input.callDigest, asked);
    return asked;
  };
}

/** Whether an open request, asked for under an earlier policy, is enough for what the policy in force asks. */
export function stillSatisfies(
  approval: Approval,
  now: Pick<ApprovalInput, 'requirement' | 'key'>,
  at: number,
): boolean {
  // The key is part of what was signed: the same call with another key is another action.
  if (approval.key !== now.key) return false;
  if (JSON.stringify(approval.requirement) === JSON.stringify(now.requirement)) return true;
  return approval.state === 'approved' && satisfiesNow(approval, now.requirement, at).satisfied;
}

/** Everything open, and what was decided in tasks that still run: an agent that asks again hears the same answer. */
async function loadLive(parts: Parts, put: (approval: StoredApproval) => void): Promise<void> {
  const { sql } = parts.store;
  const rows = await sql
    .selectFrom('approvals')
    .leftJoin('tasks', 'tasks.id', 'approvals.task_id')
    .selectAll('approvals')
    .where('approvals.check_person_id', 'is', null)
    .where((where) =>
      where.or([
        where('approvals.state', 'in', ['requested', 'approved']),
        where.and([
          where('tasks.ended_at', 'is', null),
          where('tasks.expires_at', '>', parts.platform.now()),
          where('approvals.state', 'in', ['denied', 'expired']),
        ]),
      ]),
    )
    .orderBy('approvals.id')
    .limit(20_000)
    .execute();
  for (let from = 0; from < rows.length; from += 200) {
    for (const approval of await readApprovals(sql, rows.slice(from, from + 200))) put(approval);
  }
}

function hold(stored: StoredApproval): HeldApproval {
  const {
    signedAction,
    presented,
    agents,
    chain,
    given,
    upstream,
    tool,
    grantBasis,
    groupId,
    checkOf,
    ...approval
  } = stored;
  return { approval, chain, keepUntil: presented.task.expiresAt };
}

function isUnder(
  { approval, chain }: Pick<HeldApproval, 'approval' | 'chain'>,
  scope: CancelScope,
  target: string,
): boolean {
  switch (scope) {
    case 'approval':
      return approval.id === target;
    case 'task':
      return approval.taskId === target;
    case 'agent':
      return approval.agentId === target;
    case 'owner':
      return approval.ownerId === target || approval.askedPersonId === target;
    case 'delegation':
      return chain.includes(target);
  }
}
