import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';

const removeSecretInput = z.strictObject({ name: z.string().max(63) });

/** Removes a secret; calls that need it are refused from then on. Throws `secret.not_found`, `secret.unavailable`. */
export async function removeSecret(context: Context, actor: Actor, input: unknown): Promise<void> {
  requirePermission(actor, 'secrets.change');
  const { name } = removeSecretInput.parse(input);
  await context.store.transaction(async (tx) => {
    await context.secrets.remove(name);
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'secret.removed',
      at: context.platform.now(),
      causes: [],
      body: { by: nameActor(actor), name },
    });
  });
}
