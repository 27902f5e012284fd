import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { plainLine } from '../wire/plain-text.ts';
import { describeCut } from './describe-cut.ts';
import { endStoppedGrants } from './end-stopped-grants.ts';
import { noteSecurityEvent, type SecurityEvent } from './security-event.ts';
import { isStopTarget, requireStopTarget } from './stop-target.ts';
import { type StopView, showStop } from './stop-view.ts';
import { everything, type StopScope, stopScopes } from './stops.ts';

export const stopScopeInput = z.strictObject({
  scope: z.enum(stopScopes),
  /** An id, an upstream's name or `<upstream>/<tool>`; may be left out for everything. */
  target: z.string().max(512).default(everything),
  reason: plainLine(500),
});

export interface StoppedScope {
  readonly stop: StopView;
  /** Action ids of the calls cut in flight. */
  readonly cut: readonly string[];
}

/**
 * Stops the scope until somebody lifts it. It is in force in memory before it is written, so a slow or full disk never
 * delays it; when the write fails the caller gets the error, and the stop stays in force until the process ends.
 * Whoever may stop may stop anything: a stop is always the safe side, and each is recorded.
 */
export async function stopScope(context: Context, actor: Actor, input: unknown): Promise<StoppedScope> {
  requirePermission(actor, 'signals.stop');
  const { scope, target, reason } = stopScopeInput.parse(input);
  if (!isStopTarget(scope, target))
    throw new AppError('server.request_invalid', { detail: 'target: invalid' });
  const cut = context.stops.apply(scope, target);
  try {
    const stop = await context.store.transaction(async (tx) => {
      await requireStopTarget(tx.sql, scope, target);
      // Once more, for a lift of an older stop that was committed in between.
      tx.afterCommit(() => context.stops.apply(scope, target));
      return saveStop(context, tx, { actor, scope, target, reason, cut });
    });
    await endStoppedGrants(context, scope, target);
    return { stop, cut };
  } catch (thrown) {
    // Only what names nothing is taken back: it stopped nothing.
    if (thrown instanceof AppError && thrown.entry.status === 404) context.stops.lift(scope, target);
    throw thrown;
  }
}

interface NewStop {
  readonly actor: Actor;
  readonly scope: StopScope;
  readonly target: string;
  readonly reason: string;
  readonly cut: readonly string[];
}

/** Somebody's stop beside another's is a stop of its own, but one person needs no two of the same. */
async function saveStop(context: Context, tx: Transaction, given: NewStop): Promise<StopView> {
  const { scope, target, reason, cut } = given;
  const by = nameActor(given.actor);
  const existing = await tx.sql
    .selectFrom('stops')
    .selectAll()
    .where('scope', '=', scope)
    .where('target', '=', target)
    .where('by', '=', by)
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  const now = context.platform.now();
  const id = context.platform.newId('stp');
  const row = existing ?? { id, scope, target, by, reason, at: now, lifted_at: null };
  if (existing === undefined) await tx.sql.insertInto('stops').values(row).execute();
  if (existing === undefined || cut.length > 0) {
    const record = context.platform.newId('rec');
    tx.record({
      id: record,
      kind: 'signal.stopped',
      at: now,
      causes: [],
      ...nameScope(scope, target),
      body: { stop: row.id, scope, target, by, reason, ...describeCut(cut) },
    });
    const about = nameSubjectOf(scope, target);
    if (existing === undefined && about !== undefined)
      await noteSecurityEvent(context, tx, { kind: 'session-revoked', about, reason: 'stopped', record });
  }
  return showStop(row);
}

/** Whom others have to hear of; what a stop of a task, a tool or an upstream means elsewhere nobody can tell. */
function nameSubjectOf(scope: StopScope, target: string): SecurityEvent['about'] | undefined {
  if (scope === 'agent') return { agent: target };
  return scope === 'owner' ? { person: target } : undefined;
}

/** The record's own fields, so that a search for the agent, task or tool finds its stops. */
export function nameScope(scope: StopScope, target: string): Readonly<Record<string, string | string[]>> {
  switch (scope) {
    case 'agent':
    case 'task':
    case 'upstream':
      return { [scope]: target };
    case 'owner':
      return { person: target };
    case 'delegation':
      return { chain: [target] };
    case 'tool': {
      const slash = target.indexOf('/');
      return { upstream: target.slice(0, slash), tool: target.slice(slash + 1) };
    }
    case 'everything':
      return {};
  }
}
