import { isId } from '@countersign/core';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { findSubject, type Subject } from '../events/subject.ts';
import { applyEvent, type Receiving } from './apply-event.ts';
import { findEffect } from './find-effect.ts';
import { type ReadEvent, readEvent, refuseEvent } from './read-event.ts';
import type { Transmitter, TransmitterConfig } from './transmitter.ts';

/** Before somebody else takes up what whoever received it has not done. */
const graceMilliseconds = 30_000;

/** An outcome that leaves nothing to do. */
type Ignored = 'not_believed' | 'subject_unknown' | 'nothing_asked';

/**
 * Takes an event from a transmitter: from its return on it is durable, and its effect is there or will be, once. One that
 * came before is taken again and does nothing. Throws `signal.event_invalid`.
 */
export async function receiveEvent(
  context: Receiving,
  transmitter: Transmitter,
  text: string,
): Promise<void> {
  const { config, platform, store } = context;
  const { clockSkewSeconds, maxEventAgeHours } = config.signals;
  const rules = { now: platform.now(), clockSkewSeconds, maxAgeSeconds: maxEventAgeHours * 3600 };
  const event = await readEvent(transmitter, text, rules);
  const { subject } = event;
  // Before it is taken: where it fails, the transmitter sends it again.
  if (subject?.format === 'iss_sub')
    await context.organisations.endOnEvent(context, {
      ...{ transmitter: transmitter.config.name, event: event.event },
      ...{ iss: subject.iss, sub: subject.sub },
    });
  const subjectId = await findMeant(context, transmitter.config, event.subject);
  const ignored = findIgnored(transmitter.config, event, subjectId);
  const isNew = await store.transaction(async (tx) => {
    const known = await tx.sql
      .selectFrom('signals_received')
      .select('jti')
      .where('transmitter', '=', transmitter.config.name)
      .where('jti', '=', event.jti)
      .executeTakeFirst();
    if (known !== undefined) return false;
    const record = platform.newId('rec');
    const order = {
      issued_at: event.issuedAt,
      arrival: await findArrival(tx, transmitter.config, subjectId),
    };
    await tx.sql
      .insertInto('signals_received')
      .values({
        ...{ transmitter: transmitter.config.name, jti: event.jti, event: event.event, record },
        ...{ at: rules.now, subject_id: subjectId ?? null, facts: JSON.stringify(event.facts) },
        ...{ ...order, subject_part: event.subjectPart ?? null },
        ...{
          outcome: ignored ?? 'waiting',
          attempts: 0,
          due_at: ignored === undefined ? rules.now + graceMilliseconds : null,
        },
      })
      .execute();
    tx.record({
      id: record,
      kind: 'signal.received',
      at: rules.now,
      causes: [],
      ...nameMeant(subjectId),
      body: {
        ...{ transmitter: transmitter.config.name, event: event.event, jti: event.jti },
        ...(ignored === undefined ? { facts: event.facts } : { ignored }),
      },
    });
    return true;
  });
  if (isNew && ignored === undefined) await applyEvent(context, transmitter.config.name, event.jti);
}

async function findArrival(
  tx: Transaction,
  { name }: TransmitterConfig,
  subjectId: string | undefined,
): Promise<number> {
  if (subjectId === undefined) return 0;
  const last = await tx.sql
    .selectFrom('signals_received')
    .select(({ fn }) => fn.max('arrival').as('arrival'))
    .where('transmitter', '=', name)
    .where('subject_id', '=', subjectId)
    .executeTakeFirst();
  return Number(last?.arrival ?? 0) + 1;
}

/** Throws `signal.event_invalid` for a payload that the kind of the event does not have. */
function findIgnored(
  config: TransmitterConfig,
  { event, facts }: ReadEvent,
  subjectId: string | undefined,
): Ignored | undefined {
  const about = isId('agt', subjectId) ? 'agent' : 'person';
  const effect = findEffect(event, facts, about);
  if (effect === undefined) throw refuseEvent('invalid_request');
  if (config.events?.includes(event) === false) return 'not_believed';
  if (subjectId === undefined) return 'subject_unknown';
  return effect.kind === 'nothing' ? 'nothing_asked' : undefined;
}

/** A transmitter speaks of its own people, of those with an address where it may, and by the names that are used here. */
async function findMeant(
  { config, store }: Pick<Context, 'config' | 'store'>,
  { emailDomains, issuer }: TransmitterConfig,
  subject: Subject | undefined,
): Promise<string | undefined> {
  if (subject === undefined) return undefined;
  const own = config.server.publicUrl;
  if (subject.format === 'iss_sub' && subject.iss !== issuer && subject.iss !== own) return undefined;
  if (subject.format === 'email') {
    const domain = subject.email.slice(subject.email.lastIndexOf('@') + 1).toLowerCase();
    if (!emailDomains.includes(domain)) return undefined;
  }
  return findSubject(store.sql, own, subject);
}

function nameMeant(subjectId: string | undefined): { readonly person?: string; readonly agent?: string } {
  if (subjectId === undefined) return {};
  return isId('agt', subjectId) ? { agent: subjectId } : { person: subjectId };
}
