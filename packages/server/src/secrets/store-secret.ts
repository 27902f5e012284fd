import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { isReservedSecret } from '../plugins/secret-store/reserved-secrets.ts';
import type { SecretEntry } from '../plugins/secret-store/secret-store.ts';

export const storeSecretInput = z.strictObject({ name: z.string().max(63), value: z.string().max(16_384) });

/** Adds a secret or replaces its value; calls use it from then on. Throws `secret.invalid`, `secret.unavailable`. */
export async function storeSecret(context: Context, actor: Actor, input: unknown): Promise<SecretEntry> {
  requirePermission(actor, 'secrets.change');
  const { name, value } = storeSecretInput.parse(input);
  if (isReservedSecret(name))
    throw new AppError('secret.invalid', { detail: 'this name belongs to the connections of people' });
  return context.store.transaction(async (tx) => {
    // Inside the transaction, so that a secret the store refused leaves no record that it was stored.
    const entry = await context.secrets.set(name, value);
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'secret.stored',
      at: context.platform.now(),
      causes: [],
      body: { by: nameActor(actor), name, version: entry.version },
    });
    return entry;
  });
}
