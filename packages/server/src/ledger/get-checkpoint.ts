import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import type { LedgerName } from '../plugins/database/database.ts';
import { awaitCheckpoint } from './checkpoints/await-checkpoint.ts';
import {
  findCheckpointAt,
  findCheckpointOver,
  type PublishedCheckpoint,
} from './checkpoints/find-checkpoint.ts';
import { findStream, streamName } from './checkpoints/name-ledger.ts';

/** `witnessed`: the newest that enough witnesses have cosigned, in the place of the newest there is. */
export const getCheckpointInput = z.strictObject({
  stream: streamName.optional(),
  witnessed: z.enum(['true', 'false']).optional(),
});

/**
 * A signed tree head over every record of a stream there is now, or the newest one that witnesses have seen, and the name and
 * key to check it with. Of another gateway's stream it is the newest that was signed. Throws `server.not_found`.
 */
export async function getCheckpoint(
  context: Pick<Context, 'config' | 'store'>,
  actor: Actor,
  input: z.input<typeof getCheckpointInput> = {},
): Promise<PublishedCheckpoint & LedgerName> {
  requirePermission(actor, 'ledger.read');
  const { store } = context;
  const { witnessed, stream: asked } = getCheckpointInput.parse(input);
  const { number, ...name } = await findStream(store, asked);
  if (witnessed === 'true') return { ...(await findCheckpointOver(context, 0, number)), ...name };
  const signed = await awaitCheckpoint(store, number, 0);
  const found = await findCheckpointAt(store, signed.size, number);
  return { ...(found ?? { ...signed, cosigned: 0, cosignedByGateways: 0 }), ...name };
}
