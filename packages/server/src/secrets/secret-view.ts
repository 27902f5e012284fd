import type { Context } from '../context.ts';
import type { SecretEntry } from '../plugins/secret-store/secret-store.ts';
import { listUsedSecrets } from '../upstreams/index.ts';
import type { SecretAge } from './secret-ages.ts';

/** A secret as people see it: never its value. */
export interface SecretView extends SecretEntry, SecretAge {}

export function viewSecret(context: Context, entry: SecretEntry): SecretView {
  return { ...entry, ...context.secretAges.describe(entry, findUpstreamLimit(context, entry.name)) };
}

/** The strictest limit of the upstreams that use this secret, in days. */
export function findUpstreamLimit(context: Pick<Context, 'upstreams'>, name: string): number | undefined {
  let strictest: number | undefined;
  for (const { settings } of context.upstreams.list()) {
    const { secretMaxAgeDays: days } = settings;
    if (days === undefined || !listUsedSecrets(settings).includes(name)) continue;
    strictest = Math.min(strictest ?? days, days);
  }
  return strictest;
}
