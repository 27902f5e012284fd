import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import type { LedgerName } from '../plugins/database/database.ts';
import {
  findCheckpointAt,
  findCheckpointOver,
  type PublishedCheckpoint,
} from './checkpoints/find-checkpoint.ts';

/** `witnessed`: the newest that enough witnesses have cosigned, in the place of the newest there is. */
export const getCheckpointInput = z.strictObject({ witnessed: z.enum(['true', 'false']).optional() });

/**
 * A signed tree head over every record there is now, or the newest one that witnesses have seen, and the name and key to check
 * it with.
 */
export async function getCheckpoint(
  context: Pick<Context, 'config' | 'store'>,
  actor: Actor,
  input: z.input<typeof getCheckpointInput> = {},
): Promise<PublishedCheckpoint & LedgerName> {
  requirePermission(actor, 'ledger.read');
  const { store } = context;
  const { witnessed } = getCheckpointInput.parse(input);
  if (witnessed === 'true') return { ...(await findCheckpointOver(context, 0)), ...store.ledger };
  const signed = await store.checkpoint();
  const found = await findCheckpointAt(store, signed.size);
  return { ...(found ?? { ...signed, cosigned: 0 }), ...store.ledger };
}
