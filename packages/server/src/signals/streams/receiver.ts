import { timingSafeEqual } from 'node:crypto';
import { AppError } from '@countersign/api';
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { idSchema } from '../../wire/id-schema.ts';

export const receiverScopes = ['ssf.read', 'ssf.manage'] as const;
export type ReceiverScope = (typeof receiverScopes)[number];

export const receiverSettings = z.strictObject({
  audience: z.string().min(1).max(2048).describe('Of its events: `aud`.'),
  scope: z
    .enum(receiverScopes)
    .default('ssf.manage')
    .describe('ssf.manage: it keeps its streams itself; ssf.read: it only looks and polls.'),
  subjects: z
    .union([z.literal('*'), z.array(z.union([idSchema('per'), idSchema('agt')])).max(1000)])
    .default('*')
    .describe('People and agents that it may be told of.'),
  everybody: z
    .boolean()
    .default(false)
    .describe('It is told of all of these without asking, of those who come later too.'),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe('Its address may be on this machine or a private network.'),
});

export type ReceiverSettings = z.output<typeof receiverSettings>;

/** A program that is told of security events. */
export interface Receiver extends ReceiverSettings {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** The record of its registration. */
  readonly record: string;
}

const form = /^bearer +(cse_(evr_[0-9A-Z]{26})_[A-Za-z0-9_-]{43})$/i;

export function readReceiver(row: Selectable<Schema['signal_receivers']>): Receiver {
  const settings: ReceiverSettings = JSON.parse(row.settings);
  const { id, name, created_at: createdAt, created_by: createdBy, record } = row;
  return { ...settings, id, name, createdAt, createdBy, record };
}

export async function listAllReceivers(sql: Kysely<Schema>): Promise<readonly Receiver[]> {
  return (await sql.selectFrom('signal_receivers').selectAll().orderBy('name').execute()).map(readReceiver);
}

/**
 * Who asks, by the token that was shown to it once. Nobody learns why another is none. Throws `signal.receiver_refused`,
 * `signal.scope_insufficient`.
 */
export async function authenticateReceiver(
  { store }: Pick<Context, 'store'>,
  authorization: string | undefined,
  scope: ReceiverScope,
): Promise<Receiver> {
  const [, token = '', id = ''] = form.exec(authorization ?? '') ?? [];
  const row = await store.sql
    .selectFrom('signal_receivers')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined || !isSame(sha256(token), row.token_digest)) {
    const challenge = authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
    throw new AppError('signal.receiver_refused', { headers: { 'www-authenticate': challenge } });
  }
  const receiver = readReceiver(row);
  if (scope === 'ssf.manage' && receiver.scope !== 'ssf.manage') {
    throw new AppError('signal.scope_insufficient', {
      headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
    });
  }
  return receiver;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Whether it may be told of the person or agent. */
export function mayBeToldOf({ subjects }: ReceiverSettings, id: string): boolean {
  return subjects === '*' || subjects.includes(id);
}
