import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { mostMessageBytes } from '../../plugins/signal-bus/signal-bus.ts';
import { type Change, changeKinds, subjectKinds } from './change.ts';

/** At most this many changes stand in one message, so that it fits. */
export const mostChanges = 50;
const macBytes = 32;

export interface SignalMessage {
  /** Drawn anew at every start: what was said in an earlier life is no part of this one. */
  readonly publisher: string;
  readonly sequence: number;
  /** None: it only says that the publisher is there, and how far it has come. */
  readonly changes: readonly Change[];
  /** The publisher says nothing after this. */
  readonly isLast: boolean;
}

const messageSchema = z.strictObject({
  v: z.literal(1),
  publisher: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  sequence: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  last: z.literal(true).optional(),
  changes: z
    .array(
      z
        .tuple([z.enum(changeKinds), z.string().min(1).max(100).optional()])
        .refine(([kind, subject]) => subjectKinds.has(kind) === (subject !== undefined)),
    )
    .max(mostChanges),
});

/** HMAC-SHA256 under the key of the deployment, then what it covers: JSON. */
export function sealMessage(key: Uint8Array, message: SignalMessage): Uint8Array {
  const { publisher, sequence, changes, isLast } = message;
  const text = JSON.stringify({
    ...{ v: 1, publisher, sequence, ...(isLast && { last: true }) },
    changes: changes.map(({ kind, subject }) => (subject === undefined ? [kind] : [kind, subject])),
  });
  const body = Buffer.from(text);
  return Buffer.concat([authenticate(key, body), body]);
}

/** Hostile until the code is right: null for whatever no gateway of this deployment has said, or not in words we know. */
export function openMessage(key: Uint8Array, bytes: Uint8Array): SignalMessage | null {
  if (bytes.length <= macBytes || bytes.length > mostMessageBytes) return null;
  const body = bytes.subarray(macBytes);
  if (!timingSafeEqual(authenticate(key, body), bytes.subarray(0, macBytes))) return null;
  return readBody(body);
}

function readBody(body: Uint8Array): SignalMessage | null {
  let given: unknown;
  try {
    given = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return null;
  }
  const parsed = messageSchema.safeParse(given);
  if (!parsed.success) return null;
  const { publisher, sequence, changes, last } = parsed.data;
  return {
    publisher,
    sequence,
    isLast: last === true,
    changes: changes.map(([kind, subject]) => (subject === undefined ? { kind } : { kind, subject })),
  };
}

function authenticate(key: Uint8Array, body: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(body).digest();
}
