import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { AppendEffect, CountEffect } from '../plugins/database/database.ts';
import { type HeldLimits, holdLimits, LimitReached, nameToday } from '../policies/index.ts';
import type { Charge, LeasedTask } from '../tasks/index.ts';
import { defaultMaxResultBytes, defaultStreamBytes } from '../upstreams/index.ts';
import { findCaps } from './meet-obligations.ts';
import { requireUnused } from './require-exact-call.ts';
import type { Decided } from './stages.ts';

/** What a result brought to the caller. */
export interface Brought {
  readonly rows: number;
  readonly bytes: number;
}

/** What one action has taken from every budget and limit over it, until its outcome is known. */
export interface Reservation {
  /** Goes into the same durable write as the decision. */
  readonly effects: readonly AppendEffect[];
  /** The most its result may have. */
  readonly most: Brought;
  /** Whether anybody wants to know how much it brought. */
  readonly isMeasured: boolean;
  /** Gives everything back: nothing was decided durably. */
  cancel(): void;
  /** Gives back what was set aside and not used; the effects go into the durable write of the outcome. Once. */
  settle(brought: Brought): readonly AppendEffect[];
  /** Once that write has ended: the counters may leave memory. */
  release(): void;
}

/**
 * Takes the call, its money, and the most rows and bytes that it may bring, from the task, those it works for, every
 * delegation and every limit of the policies that let it out: from all at once, or from none. Throws
 * `task.budget_spent`, `action.limit_reached`, `token.call_used`.
 */
export async function reserveBudgets(context: Context, decided: Decided): Promise<Reservation> {
  const { limits, spend, agent, task, tool, message, target } = decided;
  const counted = context.policies.live?.limits.readsToday === true ? nameToday({ agent }, spend) : [];
  const request = { agent, task, upstream: target.name, tool, operation: message.operation };
  const held =
    limits.length + counted.length === 0
      ? null
      : await holdLimits(context.counters, { limits, request, spend, counted });
  try {
    return await takePrepared(context, decided, held);
  } catch (thrown) {
    held?.release();
    throw thrown instanceof LimitReached ? refuse(decided.id, thrown) : thrown;
  }
}

/** What others may take before this call does: then there may be more of it elsewhere. */
const mostTries = 16;

async function takePrepared(
  context: Context,
  decided: Decided,
  held: HeldLimits | null,
): Promise<Reservation> {
  const { task, spend } = decided;
  const bounds = boundResult(decided);
  for (let tries = 1; ; tries += 1) {
    const preparing = context.tasks.prepare(task, { calls: 1, spendMinor: spend?.minor ?? 0, ...bounds });
    let hasRoom = preparing !== undefined && (await preparing);
    const counting = held?.prepare(bounds, context.platform.now());
    if (counting !== undefined) hasRoom = (await counting) || hasRoom;
    try {
      // Once more with nothing awaited in between, so that of two that race one goes out.
      requireUnused(decided);
      return takeAll(context, decided, held);
    } catch (thrown) {
      const isBudget = thrown instanceof AppError && thrown.code === 'task.budget_spent';
      const isSpent = isBudget || thrown instanceof LimitReached;
      if (!isSpent || !hasRoom || tries === mostTries) throw thrown;
    }
  }
}

function takeAll(context: Context, decided: Decided, held: HeldLimits | null): Reservation {
  const { task, spend } = decided;
  const at = context.platform.now();
  const left = {
    rows: Math.min(requireSome(task, 'rows'), held?.remaining('rows', at) ?? Number.POSITIVE_INFINITY),
    bytes: Math.min(requireSome(task, 'bytes'), held?.remaining('bytes', at) ?? Number.POSITIVE_INFINITY),
  };
  const bounds = boundResult(decided);
  const aside = {
    rows: Number.isFinite(left.rows) ? Math.min(left.rows, bounds.rows) : 0,
    bytes: Number.isFinite(left.bytes) ? Math.min(left.bytes, bounds.bytes) : 0,
  };
  const most = {
    rows: Number.isFinite(left.rows) ? aside.rows : left.rows,
    bytes: Number.isFinite(left.bytes) ? aside.bytes : left.bytes,
  };
  const charge: Charge = { calls: 1, spendMinor: spend?.minor ?? 0, ...aside };
  const usage = task.reserve(charge);
  let counts: readonly CountEffect[];
  try {
    counts = held?.take(aside, at) ?? [];
  } catch (thrown) {
    task.giveBack(charge);
    throw thrown;
  }
  const isLimited = aside.rows + aside.bytes > 0;
  const isMeasured = isLimited || context.policies.live?.limits.readsResults === true;
  return {
    effects: [...usage, ...counts],
    most,
    isMeasured,
    cancel: () => {
      task.giveBack(charge);
      held?.undo(counts);
      held?.release();
    },
    settle: (brought) => {
      if (!isMeasured) return [];
      const unused = { rows: aside.rows - brought.rows, bytes: aside.bytes - brought.bytes };
      if (unused.rows === 0 && unused.bytes === 0) return [];
      const given = task.giveBack({ calls: 0, spendMinor: 0, ...unused });
      return [...given, ...(held?.giveBack(counts, unused) ?? [])];
    },
    release: () => held?.release(),
  };
}

/**
 * The most that is let through: what policy caps it to, where it does, and the largest answer that its upstream may give,
 * with room for what is said beside it. A cap in bytes holds for a text and once more for the structure it says again.
 */
function boundResult({ message, ruling, target: { settings } }: Decided): Brought {
  const { maxResultBytes = defaultMaxResultBytes, maxStreamBytes = defaultStreamBytes } = settings;
  const largest = message.exchange === undefined ? maxResultBytes : Math.max(maxResultBytes, maxStreamBytes);
  const caps = findCaps(message.operation, ruling.obligations);
  return {
    rows: caps.rows ?? Number.POSITIVE_INFINITY,
    bytes: Math.min(largest, 2 * (caps.bytes ?? Number.POSITIVE_INFINITY)) + noticeBytes,
  };
}

const noticeBytes = 16 * 1024;

function requireSome(task: LeasedTask, unit: 'rows' | 'bytes'): number {
  const left = task.remaining(unit);
  if (left < 1)
    throw new AppError('task.budget_spent', {
      detail: `no ${unit} left beside what calls under way may bring`,
    });
  return left;
}

/** Of whom and of what, and until when; not by which policy, nor how much it was. */
function refuse(action: string, reached: LimitReached): AppError {
  const { counter, resetsAt } = reached;
  const { per, unit } = counter;
  return new AppError('action.limit_reached', {
    detail: reached.describe(),
    data: { action, per, unit, resetsAt, retryable: reached.isPassing },
    cause: reached,
  });
}
