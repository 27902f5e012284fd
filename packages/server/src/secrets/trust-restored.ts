import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { describeSecretEvent } from './record-secret.ts';

/** Takes the secret stores as they are after a restore that was meant. Throws `secret.unavailable`. */
export async function trustRestored(context: Context, actor: Actor): Promise<void> {
  requirePermission(actor, 'secrets.change');
  // Recorded first: whoever has put an older file back must not gain its trust without a trace.
  await context.store.append([describeSecretEvent(context, 'secret.restore_trusted', actor, {})]);
  await context.secrets.trustRestored();
}
