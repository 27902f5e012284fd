import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { describeSecretEvent } from './record-secret.ts';
import { secretName, secretValue } from './secret-input.ts';
import { type SecretView, viewSecret } from './secret-view.ts';
import { requireUnreserved } from './store-secret.ts';

export const rotateSecretInput = z.strictObject({
  name: secretName,
  value: secretValue,
  overlapSeconds: z.number().int().min(0).max(86_400).default(600),
});

/**
 * Gives a secret a new value while the one before stays good for the overlap: new calls use the new one, and fall back
 * once where the upstream does not know it yet. Throws `secret.not_found`, `secret.invalid`, `secret.unavailable`.
 */
export async function rotateSecret(context: Context, actor: Actor, input: unknown): Promise<SecretView> {
  requirePermission(actor, 'secrets.change');
  const { name, value, overlapSeconds } = rotateSecretInput.parse(input);
  requireUnreserved(name);
  const previousUntil = context.platform.now() + overlapSeconds * 1000;
  const entry = await context.secrets.rotate(name, value, previousUntil);
  const body = { name: entry.name, version: entry.version, previousUntil };
  await context.store.append([describeSecretEvent(context, 'secret.rotated', actor, body)]);
  return viewSecret(context, entry);
}
