import { toAppError } from '@countersign/api';
import { applyAgentEvent, isId } from '@countersign/core';
import { loadAgent, suspendAgent } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { type Actor, endSessions, leavePerson, nameActor, returnPerson } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { changeRisk } from '../risk/change-risk.ts';
import { findRiskHours } from '../risk/set-risk.ts';
import { type EventEffect, findEffect } from './find-effect.ts';
import { findRiskSource } from './find-risk-source.ts';
import { isSuperseded } from './is-superseded.ts';
import type { ReceivedRow } from './received-row.ts';

export type Receiving = Context;

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

/**
 * Every effect can be repeated, so one that was interrupted is begun again. What fails is tried again, and said aloud;
 * what its transmitter has meanwhile said the contrary of is `superseded`.
 */
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
    await ended(await apply(context, row), null);
  } catch (thrown) {
    const { code, entry } = toAppError(thrown);
    log.error({ transmitter, event: row.event, code }, 'a security event could not be given effect');
    const isFinal = entry.status < 500 && !entry.retryable;
    const wait = Math.min(longestPauseMilliseconds, firstPauseMilliseconds * 2 ** Math.min(row.attempts, 16));
    await ended(code, isFinal ? null : platform.now() + wait);
  }
}

async function apply(context: Receiving, row: ReceivedRow): Promise<'done' | 'superseded'> {
  const { subject_id: subjectId, event, transmitter } = row;
  if (subjectId === null) return 'done';
  const about = isId('agt', subjectId) ? 'agent' : 'person';
  const effect = findEffect(event, JSON.parse(row.facts), about);
  const actor: Actor = { kind: 'system', part: `signals/${transmitter}` };
  if (effect === undefined) return 'done';
  if (await isSuperseded(context.store, row, effect)) return 'superseded';
  let outcome: 'done' | 'superseded' = 'done';
  // Asked once more where nothing can come in between.
  const isLatest = async (tx: Transaction): Promise<boolean> => {
    if (await isSuperseded(tx, row, effect)) outcome = 'superseded';
    return outcome === 'done';
  };
  await giveEffect(context, { effect, row, subjectId, actor, isLatest });
  return outcome;
}

interface Given {
  readonly effect: EventEffect;
  readonly row: ReceivedRow;
  readonly subjectId: string;
  readonly actor: Actor;
  readonly isLatest: (tx: Transaction) => Promise<boolean>;
}

async function giveEffect(context: Receiving, given: Given): Promise<void> {
  const { effect, row, subjectId, actor, isLatest } = given;
  const { event, transmitter } = row;
  const reason = `${event} of ${transmitter}`;
  const causes = row.record === null ? [] : [row.record];
  // What one transmitter said no other takes back.
  const leaving = { personId: subjectId, cause: 'signal', source: `signal/${transmitter}` } as const;
  switch (effect.kind) {
    case 'end_sessions':
      await context.store.transaction((tx) =>
        endSessions(context, tx, { personId: subjectId, by: nameActor(actor), reason: event, causes }),
      );
      return;
    case 'leave':
      await leavePerson(context, actor, { ...leaving, reason });
      return;
    case 'return':
      await returnPerson(context, actor, leaving, isLatest);
      return;
    case 'suspend_agent':
      await suspendOnce(context, actor, subjectId, reason);
      return;
    case 'risk': {
      const { level } = effect;
      const hours = level === 'low' ? 0 : findRiskHours(context, level);
      const said = { personId: subjectId, level, reason: event, by: nameActor(actor), causes };
      const expiresAt = row.at + hours * 3_600_000;
      await changeRisk(context, { ...said, source: findRiskSource(row), expiresAt }, isLatest);
      return;
    }
    case 'nothing':
      return;
  }
}

/** Whoever is stopped already is not stopped again. */
async function suspendOnce(context: Receiving, actor: Actor, agentId: string, reason: string): Promise<void> {
  const { state } = await loadAgent(context.store.sql, agentId);
  if (applyAgentEvent(state, 'suspend').ok) await suspendAgent(context, actor, { agentId, reason });
}

/**
 * Ids of events are kept as long as the events themselves would be taken, and as long as one about the same subject
 * has still to be given effect. Returns when to look again.
 */
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
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('signals_received as waiting')
            .select('waiting.jti')
            .whereRef('waiting.transmitter', '=', 'signals_received.transmitter')
            .whereRef('waiting.subject_id', '=', 'signals_received.subject_id')
            .where('waiting.due_at', 'is not', null),
        ),
      ),
    )
    .execute();
  return platform.now() + 3_600_000;
}
