import { AppError } from '@countersign/api';
import { encodeBase64, proveConsistency } from '@countersign/ledger';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { findCheckpointAt, findPublished } from './checkpoints/find-checkpoint.ts';
import { readTreeOnce } from './read-tree-once.ts';

const size = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Two sizes of the tree; the newer is that of the newest published checkpoint when absent. */
export const getConsistencyInput = z.strictObject({ old: size, new: size.optional() });

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
  const { old, new: asked } = getConsistencyInput.parse(input);
  const newest = asked ?? (await findPublished(context)).size;
  const [older, newer] = await Promise.all([old, newest].map((one) => findCheckpointAt(store, one)));
  const last = newer?.size ?? (await store.checkpoint()).size;
  if (old > newest || newest > last) {
    throw new AppError('server.request_invalid', { detail: `${last} records are signed` });
  }
  const path = await readTreeOnce(store.sql, (hashAt) => proveConsistency(old, newest, hashAt));
  return {
    older: { size: old, note: older?.note ?? null },
    newer: { size: newest, note: newer?.note ?? null },
    path: path.map(encodeBase64),
  };
}
