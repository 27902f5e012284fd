import { AppError } from '@countersign/api';
import { encodeBase64, proveConsistency } from '@countersign/ledger';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { awaitCheckpoint } from './checkpoints/await-checkpoint.ts';
import { findCheckpointAt, findPublished } from './checkpoints/find-checkpoint.ts';
import { findStream, streamName } from './checkpoints/name-ledger.ts';
import { readTreeOnce } from './read-tree-once.ts';

const size = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Two sizes of the tree of a stream; the newer is that of the newest published checkpoint when absent. */
export const getConsistencyInput = z.strictObject({
  old: size,
  new: size.optional(),
  stream: streamName.optional(),
});

const side = z.object({
  size: z.number().int(),
  note: z.string().nullable().describe('The checkpoint that was signed at this size, if one was'),
});

export const consistencySchema = z.object({
  older: side,
  newer: side,
  path: z.array(z.string()).readonly().describe('RFC 6962 consistency proof, base64'),
});

/**
 * That the tree of one size is the start of that of another. Neither needs a checkpoint kept here: whoever asks may hold their
 * own. Throws `server.request_invalid` beyond what was signed.
 */
export async function getConsistency(
  context: Pick<Context, 'config' | 'store'>,
  actor: Actor,
  input: z.input<typeof getConsistencyInput>,
): Promise<z.output<typeof consistencySchema>> {
  requirePermission(actor, 'ledger.read');
  const { store } = context;
  const { old, new: asked, stream } = getConsistencyInput.parse(input);
  const { number } = await findStream(store, stream);
  const newest = asked ?? (await findPublished(context, number)).size;
  const [older, newer] = await Promise.all([old, newest].map((one) => findCheckpointAt(store, one, number)));
  const last = newer?.size ?? (await awaitCheckpoint(store, number, 0)).size;
  if (old > newest || newest > last) {
    throw new AppError('server.request_invalid', { detail: `${last} records are signed` });
  }
  const path = await readTreeOnce(store.sql, (hashAt) => proveConsistency(old, newest, hashAt), number);
  return {
    older: { size: old, note: older?.note ?? null },
    newer: { size: newest, note: newer?.note ?? null },
    path: path.map(encodeBase64),
  };
}
