import { type BoundedGrant, readGrant } from '@countersign/core';
import type { Context } from '../../context.ts';
import { loadApproval } from '../load-approval.ts';
import { readApprovals, type StoredApproval } from '../read-approval.ts';
import { endGrants } from './end-grants.ts';
import type { GrantState } from './grant-state.ts';
import { covers, isSigned } from './judge-grant.ts';
import { useGrant } from './use-grant.ts';

type Parts = Pick<Context, 'platform' | 'store'>;

interface HeldGrant {
  readonly approval: StoredApproval;
  readonly granted: BoundedGrant;
  used: number;
  spentMinor: number;
  /** Places taken by calls on their way, by action. */
  readonly claims: Map<string, { readonly minor: number; readonly at: number }>;
}

/** A call that has not come so far by then never will. */
const claimMilliseconds = 30_000;
const mostHeld = 20_000;

export async function createGrantState(parts: Parts): Promise<GrantState> {
  const { platform, store } = parts;
  const held = new Map<string, HeldGrant>();
  const byAgent = new Map<string, Set<string>>();

  const drop = (approvalId: string): void => {
    const agent = held.get(approvalId)?.approval.agentId;
    held.delete(approvalId);
    const ids = agent === undefined ? undefined : byAgent.get(agent);
    ids?.delete(approvalId);
    if (agent !== undefined && ids?.size === 0) byAgent.delete(agent);
  };
  const hold = (approval: StoredApproval, used: number, spentMinor: number): void => {
    const granted = readGrant(approval.signedAction);
    if (granted === undefined) return;
    const before = held.get(approval.id);
    const claims = before?.claims ?? new Map();
    held.set(approval.id, {
      ...{ approval, granted, claims },
      used: Math.max(used, before?.used ?? 0),
      spentMinor: Math.max(spentMinor, before?.spentMinor ?? 0),
    });
    const ids = byAgent.get(approval.agentId) ?? new Set();
    byAgent.set(approval.agentId, ids.add(approval.id));
  };
  const sweep = (): void => {
    if (held.size < mostHeld) return;
    const now = platform.now();
    for (const [id, { granted }] of [...held]) if (granted.grant.expiresAt <= now) drop(id);
    // Whoever's grant is forgotten is asked again.
    for (const id of [...held.keys()].slice(0, held.size - mostHeld + 1)) drop(id);
  };

  await loadGrants(parts, hold);
  return {
    claim(actionId, call, asked) {
      for (const id of byAgent.get(call.agent) ?? []) {
        const one = held.get(id);
        if (one === undefined || !covers(one.granted, call, asked)) continue;
        if (!isSigned(one.approval, asked, call.at) || !hasRoom(one, call.at, call.spend?.minor ?? 0))
          continue;
        one.claims.set(actionId, { minor: call.spend?.minor ?? 0, at: call.at });
        return { approvalId: id, recordIds: one.approval.recordIds };
      }
      return null;
    },
    async use(use) {
      const one = held.get(use.approvalId);
      try {
        const { recordId, used, spentMinor } = await useGrant(parts, use);
        if (one !== undefined)
          Object.assign(one, {
            used: Math.max(used, one.used),
            spentMinor: Math.max(spentMinor, one.spentMinor),
          });
        if (one !== undefined && used >= one.granted.grant.uses) drop(use.approvalId);
        return recordId;
      } finally {
        one?.claims.delete(use.actionId);
      }
    },
    put(approval) {
      if (readGrant(approval.signedAction) === undefined) return;
      const isOver = approval.state === 'denied' || approval.state === 'cancelled';
      if (isOver) return drop(approval.id);
      if (approval.state === 'requested') return;
      sweep();
      if (approval.state === 'approved') hold(approval, 1, readAmount(approval));
    },
    async end(matches, reason) {
      const ids = [...held.values()]
        .filter(({ approval }) => matches(approval, approval.chain))
        .map(({ approval }) => approval.id);
      for (const id of ids) drop(id);
      return endGrants(parts, ids, reason);
    },
    async endOne(approvalId, reason, by) {
      drop(approvalId);
      return (await endGrants(parts, [approvalId], reason, by)) === 1;
    },
    async refreshVoter(personId) {
      for (const one of [...held.values()]) {
        if (!one.approval.given.some((vote) => vote.personId === personId)) continue;
        hold(await loadApproval(store, one.approval.id), one.used, one.spentMinor);
      }
    },
  };
}

function hasRoom(
  { granted: { grant }, used, spentMinor, claims }: HeldGrant,
  at: number,
  minor: number,
): boolean {
  for (const [action, claim] of claims) if (at - claim.at > claimMilliseconds) claims.delete(action);
  if (used + claims.size >= grant.uses) return false;
  const claimed = [...claims.values()].reduce((sum, claim) => sum + claim.minor, 0);
  return grant.total === null || spentMinor + claimed + minor <= grant.total.minor;
}

function readAmount({ grantBasis }: StoredApproval): number {
  return grantBasis?.spend?.minor ?? 0;
}

async function loadGrants(
  { platform, store }: Parts,
  hold: (approval: StoredApproval, used: number, spentMinor: number) => void,
): Promise<void> {
  const rows = await store.sql
    .selectFrom('approval_grants')
    .select(['approval_id', 'used', 'spent_minor'])
    .where('ended_at', 'is', null)
    .where('expires_at', '>', platform.now())
    .orderBy('approval_id', 'desc')
    .limit(mostHeld)
    .execute();
  for (let from = 0; from < rows.length; from += 200) {
    const some = rows.slice(from, from + 200);
    const ids = some.map((row) => row.approval_id);
    const stored = await store.sql.selectFrom('approvals').selectAll().where('id', 'in', ids).execute();
    for (const approval of await readApprovals(store.sql, stored)) {
      const row = some.find((one) => one.approval_id === approval.id);
      if (row !== undefined) hold(approval, row.used, row.spent_minor);
    }
  }
}
