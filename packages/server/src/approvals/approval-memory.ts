import type { Approval } from './approval-state.ts';

/** What is kept in memory: no arguments, nothing that was shown. */
export interface HeldApproval {
  readonly approval: Approval;
  readonly chain: readonly string[];
  /** Epoch milliseconds; then its task is over and nobody asks again. */
  readonly keepUntil: number;
}

export interface ApprovalMemory {
  /** False, and nothing changes, for what was read before something later was put: an end is never undone. */
  put(held: HeldApproval): boolean;
  /** Tells those who listen to every change, and keeps nothing. */
  announce(approval: Approval): void;
  find(approvalId: string): Approval | undefined;
  findForCall(callDigest: string): Approval | undefined;
  list(matches: (held: HeldApproval) => boolean): readonly HeldApproval[];
  /** Forgets the decided ones of a task that ended. */
  forgetTask(taskId: string): void;
  onChange(approvalId: string, listener: () => void): () => void;
  onAnyChange(listener: (approval: Approval) => void): () => void;
}

const mostHeld = 20_000;

/** The approvals of live tasks, by id and by call. A passed deadline shows at once, whatever the store says so far. */
export function createApprovalMemory(now: () => number): ApprovalMemory {
  const held = new Map<string, HeldApproval>();
  const byCall = new Map<string, string>();
  const listeners = new Map<string, Set<() => void>>();
  const anyListeners = new Set<(approval: Approval) => void>();

  const forget = ({ approval }: HeldApproval): void => {
    held.delete(approval.id);
    for (const digest of listCalls(approval)) if (byCall.get(digest) === approval.id) byCall.delete(digest);
  };
  const sweep = (): void => {
    if (held.size < mostHeld) return;
    for (const one of [...held.values()]) if (one.keepUntil <= now()) forget(one);
    // An open one is never dropped: the release reads the store, but the agent would ask its people twice.
    for (const one of held.values()) {
      if (held.size < mostHeld) return;
      if (!isOpen(one.approval)) forget(one);
    }
  };
  const find = (approvalId: string): Approval | undefined => {
    const approval = held.get(approvalId)?.approval;
    return approval === undefined ? undefined : showDeadline(approval, now());
  };
  const announce = (approval: Approval): void => {
    for (const listener of anyListeners) listener(approval);
  };
  return {
    announce,
    find,
    put(one) {
      const before = held.get(one.approval.id)?.approval;
      if (before !== undefined && countPassed(one.approval) < countPassed(before)) return false;
      sweep();
      held.set(one.approval.id, one);
      // No call finds what a drill asked for.
      if (one.approval.drill === null)
        for (const digest of listCalls(one.approval)) byCall.set(digest, one.approval.id);
      const waiting = listeners.get(one.approval.id);
      listeners.delete(one.approval.id);
      for (const listener of waiting ?? []) listener();
      announce(one.approval);
      return true;
    },
    findForCall(callDigest) {
      const id = byCall.get(callDigest);
      return id === undefined ? undefined : find(id);
    },
    list: (matches) => [...held.values()].filter(matches),
    forgetTask(taskId) {
      for (const one of [...held.values()]) {
        if (one.approval.taskId === taskId && !isOpen(one.approval)) forget(one);
      }
    },
    onChange(approvalId, listener) {
      const waiting = listeners.get(approvalId) ?? new Set();
      waiting.add(listener);
      listeners.set(approvalId, waiting);
      return () => {
        waiting.delete(listener);
        if (waiting.size === 0 && listeners.get(approvalId) === waiting) listeners.delete(approvalId);
      };
    },
    onAnyChange(listener) {
      anyListeners.add(listener);
      return () => anyListeners.delete(listener);
    },
  };
}

function listCalls({ callDigest, callDigests }: Approval): readonly string[] {
  return [callDigest, ...callDigests];
}

export function isOpen(approval: Approval): boolean {
  return approval.state === 'requested' || approval.state === 'approved';
}

/** How many of the steps that nothing takes back are behind it. */
function countPassed(approval: Approval): 0 | 1 | 2 {
  if (!isOpen(approval)) return 2;
  return approval.state === 'approved' ? 1 : 0;
}

function showDeadline(approval: Approval, at: number): Approval {
  return isOpen(approval) && at >= approval.expiresAt
    ? { ...approval, state: 'expired', decidedAt: approval.expiresAt }
    : approval;
}
