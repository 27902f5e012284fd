import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { isReservedSecret } from '../plugins/secret-store/reserved-secrets.ts';
import { describeSecretEvent } from './record-secret.ts';
import { secretName, secretValue } from './secret-input.ts';
import { type SecretView, viewSecret } from './secret-view.ts';

export const storeSecretInput = z.strictObject({ name: secretName, value: secretValue });

/** Adds a secret or replaces its value; calls use it from then on. Throws `secret.invalid`, `secret.unavailable`. */
export async function storeSecret(context: Context, actor: Actor, input: unknown): Promise<SecretView> {
  requirePermission(actor, 'secrets.change');
  const { name, value } = storeSecretInput.parse(input);
  requireUnreserved(name);
  // Not inside a transaction: a remote store may be slow. What the store refused leaves no record; what could not be
  // recorded fails here, and the person sees it.
  const entry = await context.secrets.set(name, value);
  const body = { name: entry.name, version: entry.version };
  await context.store.append([describeSecretEvent(context, 'secret.stored', actor, body)]);
  return viewSecret(context, entry);
}

/** The tokens of people's connections are changed by connecting and disconnecting. */
export function requireUnreserved(name: string): void {
  if (isReservedSecret(name))
    throw new AppError('secret.invalid', { detail: 'the name belongs to connections' });
}
