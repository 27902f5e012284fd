import type { Vote } from '@countersign/core';
import type { Context } from '../context.ts';
import type { ApprovalMemory } from './approval-memory.ts';
import { loadApproval } from './load-approval.ts';
import type { StoredApproval } from './read-approval.ts';

/**
 * Counts the votes in memory anew that a person gave, or that others gave for them. Read and put in one transaction each,
 * so that what is decided meanwhile is not overwritten by what was before.
 */
export async function refreshVoter(
  { store }: Pick<Context, 'store'>,
  memory: ApprovalMemory,
  put: (approval: StoredApproval) => void,
  personId: string,
): Promise<void> {
  const isOf = ({ voter }: Vote): boolean =>
    voter.person === personId || (voter.duties ?? []).some(({ giver }) => giver.person === personId);
  for (const { approval } of memory.list((one) => one.approval.votes.some(isOf)))
    await store.transaction(async (tx) => {
      const now = await loadApproval(tx, approval.id);
      tx.afterCommit(() => put(now));
    });
}
