import { toAppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Selectable } from 'kysely';
import { loadAgent, suspendAgent } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { type Actor, endSessions, leavePerson, nameActor, returnPerson } from '../../people/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { changeRisk } from '../risk/change-risk.ts';
import { findRiskHours } from '../risk/set-risk.ts';
import { type EventEffect, findEffect } from './find-effect.ts';

export type Receiving = Context;
type ReceivedRow = Selectable<Schema['signals_received']>;

const atOnce = 50;
const pauseMilliseconds = 1_000;
const firstPauseMilliseconds = 2_000;
const longestPauseMilliseconds = 600_000;
const keptBeyondMilliseconds = 86_400_000;

/** Gives effect to what was received and not yet done, as after a crash. Returns when to look again. */
export async function applyDueEvents(context: Receiving): Promise<number> {
  const due = await context.store.sql
    .selectFrom('signals_received')
    .select(['transmitter', 'jti'])
    .where('due_at', '<=', context.platform.now())
    .orderBy('due_at')
    .limit(atOnce)
    .execute();
  for (const { transmitter, jti } of due) await applyEvent(context, transmitter, jti);
  return context.platform.now() + (due.length === atOnce ? 0 : pauseMilliseconds);
}

/** Every effect can be repeated, so one that was interrupted is begun again. What fails is tried again, and said aloud. */
export async function applyEvent(context: Receiving, transmitter: string, jti: string): Promise<void> {
  const { log, platform, store } = context;
  const row = await store.sql
    .selectFrom('signals_received')
    .selectAll()
    .where('transmitter', '=', transmitter)
    .where('jti', '=', jti)
    .executeTakeFirst();
  if (row === undefined || row.due_at === null) return;
  const ended = (outcome: string, due: number | null) =>
    store.sql
      .updateTable('signals_received')
      .set({ outcome, due_at: due, attempts: row.attempts + 1 })
      .where('transmitter', '=', transmitter)
      .where('jti', '=', jti)
      .execute();
  try {
    await apply(context, row);
    await ended('done', null);
  } catch (thrown) {
    const { code, entry } = toAppError(thrown);
    log.error({ transmitter, event: row.event, code }, 'a security event could not be given effect');
    const isFinal = entry.status < 500 && !entry.retryable;
    const wait = Math.min(longestPauseMilliseconds, firstPauseMilliseconds * 2 ** Math.min(row.attempts, 16));
    await ended(code, isFinal ? null : platform.now() + wait);
  }
}

async function apply(context: Receiving, row: ReceivedRow): Promise<void> {
  const { subject_id: subjectId, event, transmitter } = row;
  if (subjectId === null) return;
  const about = isId('agt', subjectId) ? 'agent' : 'person';
  const effect = findEffect(event, JSON.parse(row.facts), about);
  const actor: Actor = { kind: 'system', part: `signals/${transmitter}` };
  if (effect !== undefined) await giveEffect(context, { effect, row, subjectId, actor });
}

interface Given {
  readonly effect: EventEffect;
  readonly row: ReceivedRow;
  readonly subjectId: string;
  readonly actor: Actor;
}

async function giveEffect(context: Receiving, { effect, row, subjectId, actor }: Given): Promise<void> {
  const { event, transmitter } = row;
  const reason = `${event} of ${transmitter}`;
  const causes = row.record === null ? [] : [row.record];
  switch (effect.kind) {
    case 'end_sessions':
      await context.store.transaction((tx) =>
        endSessions(context, tx, { personId: subjectId, by: nameActor(actor), reason: event, causes }),
      );
      return;
    case 'leave':
      await leavePerson(context, actor, { personId: subjectId, cause: 'signal', reason });
      return;
    case 'return':
      await returnPerson(context, actor, { personId: subjectId, cause: 'signal' });
      return;
    case 'suspend_agent':
      await suspendOnce(context, actor, subjectId, reason);
      return;
    case 'risk': {
      const { level } = effect;
      const hours = level === 'low' ? 0 : findRiskHours(context, level);
      await changeRisk(context, {
        ...{ personId: subjectId, level, reason: event, by: nameActor(actor), causes },
        source: `${transmitter}/${event}`,
        expiresAt: row.at + hours * 3_600_000,
      });
      return;
    }
    case 'nothing':
      return;
  }
}

/** Whoever is stopped already is not stopped again. */
async function suspendOnce(context: Receiving, actor: Actor, agentId: string, reason: string): Promise<void> {
  const { state } = await loadAgent(context.store.sql, agentId);
  if (state === 'active') await suspendAgent(context, actor, { agentId, reason });
}

/** Ids of events are kept as long as the events themselves would be taken. Returns when to look again. */
export async function forgetReceived({
  config,
  platform,
  store,
}: Pick<Context, 'config' | 'platform' | 'store'>): Promise<number> {
  const { maxEventAgeHours } = config.signals;
  await store.sql
    .deleteFrom('signals_received')
    .where('at', '<', platform.now() - maxEventAgeHours * 3_600_000 - keptBeyondMilliseconds)
    .where('due_at', 'is', null)
    .execute();
  return platform.now() + 3_600_000;
}
