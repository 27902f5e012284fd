import { AppError } from '@countersign/api';
import type { Kysely, Selectable } from 'kysely';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { eventTypes } from '../events/event-types.ts';
import type { Receiver } from './receiver.ts';

export const pushMethod = 'urn:ietf:rfc:8935';
export const pollMethod = 'urn:ietf:rfc:8936';

/** What a receiver says of its stream. */
export interface StreamSettings {
  readonly delivery: { readonly method: typeof pushMethod; readonly endpointUrl: string } | PollDelivery;
  /** URIs; null: every event that is sent. */
  readonly eventsRequested: readonly string[] | null;
  readonly description: string | null;
}

interface PollDelivery {
  readonly method: typeof pollMethod;
}

export type StreamStatus = 'enabled' | 'paused' | 'disabled';

export interface Stream extends StreamSettings {
  readonly id: string;
  readonly receiverId: string;
  readonly status: StreamStatus;
  readonly statusReason: string | null;
  readonly sealedAuthorization: string | null;
  readonly nextPosition: number;
  /** Vain ones since the last delivery. */
  readonly attempts: number;
  /** Those of them that the receiver refused. */
  readonly refusals: number;
  /** Epoch milliseconds. */
  readonly verifiedAt: number | null;
}

export function readStream(row: Selectable<Schema['signal_streams']>): Stream {
  const settings: StreamSettings = JSON.parse(row.settings);
  return {
    ...settings,
    ...{ id: row.id, receiverId: row.receiver_id, status: row.status, statusReason: row.status_reason },
    sealedAuthorization: row.sealed_authorization,
    ...{ nextPosition: row.next_position, attempts: row.attempts, refusals: row.refusals },
    verifiedAt: row.verified_at,
  };
}

/** Of this receiver alone. Throws `signal.stream_not_found`. */
export async function getStream(
  sql: Kysely<Schema>,
  receiver: Pick<Receiver, 'id'>,
  streamId: string,
): Promise<Stream> {
  const row = await sql
    .selectFrom('signal_streams')
    .selectAll()
    .where('id', '=', streamId)
    .where('receiver_id', '=', receiver.id)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('signal.stream_not_found');
  return readStream(row);
}

export const eventsSupported: readonly string[] = Object.values(eventTypes);

export function listDelivered({
  eventsRequested,
}: Pick<StreamSettings, 'eventsRequested'>): readonly string[] {
  if (eventsRequested === null) return eventsSupported;
  return eventsSupported.filter((uri) => eventsRequested.includes(uri));
}

export async function removeStream(tx: Transaction, streamId: string): Promise<void> {
  await tx.sql.deleteFrom('signal_queue').where('stream_id', '=', streamId).execute();
  await tx.sql.deleteFrom('signal_subjects').where('stream_id', '=', streamId).execute();
  await tx.sql.deleteFrom('signal_streams').where('id', '=', streamId).execute();
}

/** When something is pushed next: never, to those who fetch it. */
export function findDue({ delivery }: Pick<StreamSettings, 'delivery'>): number {
  return delivery.method === pushMethod ? 0 : Number.MAX_SAFE_INTEGER;
}

export function authorizationPurpose(streamId: string): string {
  return `signal_streams/${streamId}`;
}
