import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { requirePushAddress } from './push-address.ts';
import type { Receiver } from './receiver.ts';
import {
  authorizationPurpose,
  findDue,
  getStream,
  pollMethod,
  pushMethod,
  readStream,
  removeStream,
  type Stream,
  type StreamSettings,
} from './stream.ts';

const mostStreams = 4;
const visible = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

const delivery = z.discriminatedUnion('method', [
  z.object({
    method: z.literal(pushMethod),
    endpoint_url: z.string().min(1).max(2048),
    authorization_header: z.string().max(4096).regex(visible).nullish(),
  }),
  // What the receiver says of its address is not asked for: this server supplies it.
  z.object({ method: z.literal(pollMethod) }),
]);

/** Receiver-supplied properties (SSF 1.0 §8.1.1); those that the transmitter supplies may stand beside them. */
const configuration = z.object({
  events_requested: z.array(z.string().max(512)).max(64).optional(),
  delivery: delivery.optional(),
  description: plainLine(500).optional(),
});

const replacement = configuration.extend({ stream_id: z.string().max(64) });

export type StreamContext = Pick<Context, 'config' | 'masterKey' | 'platform' | 'store'>;

/** SSF 1.0 §8.1.1.1. Throws `signal.stream_limit`, `signal.endpoint_refused`. */
export async function createStream(
  context: StreamContext,
  receiver: Receiver,
  input: unknown,
): Promise<Stream> {
  const given = configuration.parse(input);
  const settings = toSettings(receiver, given);
  const id = context.platform.newId('evs');
  return context.store.transaction(async (tx) => {
    const { count } = await tx.sql
      .selectFrom('signal_streams')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('receiver_id', '=', receiver.id)
      .executeTakeFirstOrThrow();
    if (Number(count) >= mostStreams) throw new AppError('signal.stream_limit');
    const row = {
      ...{ id, receiver_id: receiver.id, settings: JSON.stringify(settings) },
      sealed_authorization: sealAuthorization(context, id, given),
      ...{ status: 'enabled' as const, status_reason: null, next_position: 1, attempts: 0 },
      ...{ refusals: 0, tried_at: 0, due_at: findDue(settings) },
      ...{ verified_at: null, created_at: context.platform.now() },
    };
    await tx.sql.insertInto('signal_streams').values(row).execute();
    recordChange(context, tx, receiver, { stream: id, change: 'created', ...describe(settings) });
    return readStream(row);
  });
}

/** Changes what is given and leaves the rest (PATCH), or replaces all of it (PUT): SSF 1.0 §8.1.1.3, §8.1.1.4. */
export async function changeStream(
  context: StreamContext,
  receiver: Receiver,
  input: unknown,
  how: 'update' | 'replace',
): Promise<Stream> {
  const given = replacement.parse(input);
  return context.store.transaction(async (tx) => {
    const before = await getStream(tx.sql, receiver, given.stream_id);
    requireUnchanged(context, receiver, input);
    const settings = how === 'replace' ? toSettings(receiver, given) : merge(receiver, before, given);
    const keepsHeader = how === 'update' && given.delivery === undefined;
    await tx.sql
      .updateTable('signal_streams')
      .set({
        settings: JSON.stringify(settings),
        ...(keepsHeader ? {} : { sealed_authorization: sealAuthorization(context, before.id, given) }),
        // Another address deserves a fresh try.
        ...{ attempts: 0, refusals: 0, due_at: findDue(settings) },
      })
      .where('id', '=', before.id)
      .execute();
    recordChange(context, tx, receiver, { stream: before.id, change: 'configured', ...describe(settings) });
    return getStream(tx.sql, receiver, before.id);
  });
}

export async function deleteStream(
  context: StreamContext,
  receiver: Receiver,
  streamId: string,
): Promise<void> {
  await context.store.transaction(async (tx) => {
    const { id } = await getStream(tx.sql, receiver, streamId);
    await removeStream(tx, id);
    recordChange(context, tx, receiver, { stream: id, change: 'deleted' });
  });
}

export function recordChange(
  { platform }: Pick<Context, 'platform'>,
  tx: Transaction,
  receiver: Receiver,
  body: Readonly<Record<string, unknown>>,
): void {
  tx.record({
    id: platform.newId('rec'),
    kind: 'signal.stream_changed',
    at: platform.now(),
    causes: [receiver.record],
    body: { receiver: receiver.id, ...body },
  });
}

function toSettings(receiver: Receiver, given: z.output<typeof configuration>): StreamSettings {
  const { delivery: wanted = { method: pollMethod }, events_requested, description } = given;
  return {
    delivery: toDelivery(receiver, wanted),
    eventsRequested: events_requested ?? null,
    description: description ?? null,
  };
}

function merge(
  receiver: Receiver,
  before: StreamSettings,
  given: z.output<typeof configuration>,
): StreamSettings {
  return {
    delivery: given.delivery === undefined ? before.delivery : toDelivery(receiver, given.delivery),
    eventsRequested: given.events_requested ?? before.eventsRequested,
    description: given.description ?? before.description,
  };
}

function toDelivery(receiver: Receiver, wanted: z.output<typeof delivery>): StreamSettings['delivery'] {
  if (wanted.method === pollMethod) return { method: pollMethod };
  requirePushAddress(wanted.endpoint_url, receiver.allowPrivate);
  return { method: pushMethod, endpointUrl: wanted.endpoint_url };
}

function sealAuthorization(
  { masterKey }: StreamContext,
  streamId: string,
  { delivery: wanted }: z.output<typeof configuration>,
): string | null {
  const header = wanted?.method === pushMethod ? wanted.authorization_header : undefined;
  return header == null ? null : masterKey.seal(header, authorizationPurpose(streamId));
}

const supplied = z.object({
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
});

/** Properties that the transmitter supplies may be sent back, as they are. Throws `server.request_invalid`. */
function requireUnchanged({ config }: StreamContext, { audience }: Receiver, input: unknown): void {
  const { iss = config.server.publicUrl, aud = audience } = supplied.parse(input);
  const isSame = iss === config.server.publicUrl && [aud].flat().join() === audience;
  if (!isSame) throw new AppError('server.request_invalid', { detail: 'iss and aud cannot be changed' });
}

/** Its path may hold what only the two of them know. */
function describe({ delivery: { method, ...where }, eventsRequested }: StreamSettings) {
  const origin = 'endpointUrl' in where ? { origin: new URL(where.endpointUrl).origin } : {};
  return { method, ...origin, events: eventsRequested ?? 'all' };
}
