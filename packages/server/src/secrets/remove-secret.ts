import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { describeSecretEvent } from './record-secret.ts';
import { secretName } from './secret-input.ts';
import { requireUnreserved } from './store-secret.ts';

const removeSecretInput = z.strictObject({ name: secretName });

/** Removes a secret; calls that need it are refused from then on. Throws `secret.not_found`, `secret.unavailable`. */
export async function removeSecret(context: Context, actor: Actor, input: unknown): Promise<void> {
  requirePermission(actor, 'secrets.change');
  const { name } = removeSecretInput.parse(input);
  requireUnreserved(name);
  await context.secrets.remove(name);
  await context.store.append([describeSecretEvent(context, 'secret.removed', actor, { name })]);
}
