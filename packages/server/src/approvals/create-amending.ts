import type { Context } from '../context.ts';
import type { ApprovalMemory } from './approval-memory.ts';
import type { AmendmentInput, Approval, ApprovalState } from './approval-state.ts';
import type { StoredApproval } from './read-approval.ts';
import { extendAmendment, requestAmendment } from './request-amendment.ts';
import type { AskingLimit } from './request-approval.ts';

/** Asks about the plan of a task: what comes while a question waits, and nobody has signed it, becomes part of that question. */
export function createAmending(
  parts: Pick<Context, 'platform' | 'store'> & AskingLimit,
  memory: Pick<ApprovalMemory, 'list'>,
  put: (approval: StoredApproval) => void,
): ApprovalState['requestAmendment'] {
  const amending = new Map<string, Promise<Approval>>();

  const amend = async (input: AmendmentInput): Promise<Approval> => {
    for (const { approval } of memory.list((one) => isJoinable(one.approval, input))) {
      const extended = await extendAmendment(parts, approval, input);
      if (extended === undefined) continue;
      put(extended);
      return extended;
    }
    const approval = await requestAmendment(parts, input);
    put(approval);
    return approval;
  };

  return (input) => {
    const { id } = input.task;
    // One after the other, so that calls that arrive together find each other's question.
    const before = amending.get(id)?.catch(() => undefined) ?? Promise.resolve();
    const asked = before.then(() => amend(input));
    amending.set(id, asked);
    return asked.finally(() => {
      if (amending.get(id) === asked) amending.delete(id);
    });
  };
}

/** Only what an agent asks for, and only in its own task and with its own key. */
function isJoinable(open: Approval, { task, key, by }: AmendmentInput): boolean {
  const isAmendment = open.kind === 'amendment' && open.state === 'requested' && open.votes.length === 0;
  return isAmendment && by !== 'person' && open.taskId === task.id && open.key === key;
}
