import { AppError } from '@countersign/api';
import { readGrant } from '@countersign/core';
import type { Context } from '../../context.ts';
import { loadApproval } from '../load-approval.ts';
import { readApprovals } from '../read-approval.ts';
import { endGrants } from './end-grants.ts';
import { GrantMemory, hasRoom, mostHeldGrants } from './grant-memory.ts';
import type { GrantState } from './grant-state.ts';
import { covers, isSigned } from './judge-grant.ts';
import { useGrant } from './use-grant.ts';

type Parts = Pick<Context, 'platform' | 'store'>;

/** The grants in force, loaded from the store, which alone says what is left of one. */
export async function createGrantState(parts: Parts): Promise<GrantState> {
  const memory = new GrantMemory(parts.platform.now);
  await loadGrants(parts, memory);
  return {
    claim(actionId, call, asked) {
      const minor = call.spend?.minor ?? 0;
      for (const one of memory.listOf(call.agent)) {
        if (!covers(one.granted, call, asked) || !isSigned(one.approval, asked, call.at)) continue;
        if (!hasRoom(one, call.at, minor)) continue;
        one.claims.set(actionId, { minor, at: call.at });
        return { approvalId: one.approval.id, recordIds: one.approval.recordIds };
      }
      return null;
    },
    async use(use) {
      const one = memory.find(use.approvalId);
      try {
        const { recordId, used, spentMinor } = await useGrant(parts, use);
        if (one !== undefined && used >= one.granted.grant.uses) memory.drop(use.approvalId);
        else if (one !== undefined) memory.hold(one.approval, used, spentMinor);
        return recordId;
      } catch (error) {
        // What memory did not know yet: the next call like it asks people.
        if (error instanceof AppError && error.code === 'approval.grant_spent') memory.drop(use.approvalId);
        throw error;
      } finally {
        one?.claims.delete(use.actionId);
      }
    },
    put(approval) {
      if (readGrant(approval.signedAction) === undefined) return;
      if (approval.state === 'denied' || approval.state === 'cancelled') memory.drop(approval.id);
      if (approval.state === 'approved') memory.hold(approval, 1, approval.grantBasis?.spend?.minor ?? 0);
    },
    async end(matches, reason) {
      const ending = memory.list().filter(({ approval }) => matches(approval));
      const ids = ending.map(({ approval }) => approval.id);
      for (const id of ids) memory.drop(id);
      return endGrants(parts, ids, reason);
    },
    async endOne(approvalId, reason, by) {
      memory.drop(approvalId);
      return (await endGrants(parts, [approvalId], reason, by)) === 1;
    },
    async refreshVoter(personId) {
      for (const { approval, used, spentMinor } of memory.list()) {
        if (!approval.given.some((vote) => vote.personId === personId)) continue;
        await parts.store.transaction(async (tx) => {
          const now = await loadApproval(tx, approval.id);
          tx.afterCommit(() => {
            // It may have ended meanwhile.
            if (memory.find(approval.id) !== undefined) memory.hold(now, used, spentMinor);
          });
        });
      }
    },
  };
}

async function loadGrants({ platform, store }: Parts, memory: GrantMemory): Promise<void> {
  const rows = await store.sql
    .selectFrom('approval_grants')
    .select(['approval_id', 'used', 'spent_minor'])
    .where('ended_at', 'is', null)
    .where('expires_at', '>', platform.now())
    .orderBy('approval_id', 'desc')
    .limit(mostHeldGrants)
    .execute();
  for (let from = 0; from < rows.length; from += 200) {
    const some = rows.slice(from, from + 200);
    const ids = some.map((row) => row.approval_id);
    const stored = await store.sql.selectFrom('approvals').selectAll().where('id', 'in', ids).execute();
    for (const approval of await readApprovals(store.sql, stored)) {
      const row = some.find((one) => one.approval_id === approval.id);
      if (row !== undefined) memory.hold(approval, row.used, row.spent_minor);
    }
  }
}
