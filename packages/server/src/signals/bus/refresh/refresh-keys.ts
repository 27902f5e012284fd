import type { Context } from '../../../context.ts';
import type { OtherRefreshers } from './refreshers.ts';

/** What signs tokens, and security events. */
export async function refreshKeys(
  { events }: Pick<Context, 'events'>,
  { signingKeys }: Pick<OtherRefreshers, 'signingKeys'>,
): Promise<void> {
  events.refresh();
  await signingKeys();
}

/** Secrets that are held here, and since when they have their values. */
export async function refreshSecrets({
  secrets,
  secretAges,
}: Pick<Context, 'secretAges' | 'secrets'>): Promise<void> {
  await secrets.refresh?.();
  await secretAges.refresh();
}
