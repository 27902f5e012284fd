import type { Context } from '../context.ts';
import { dropField } from '../plugins/secret-store/secret-name.ts';
import type { SecretEntry } from '../plugins/secret-store/secret-store.ts';
import { listUsedSecrets } from '../upstreams/index.ts';
import type { SecretAge } from './secret-ages.ts';

/** A secret as people see it: never its value. */
export interface SecretView extends SecretEntry, SecretAge {
  /** Upstreams by name, and `configuration`: a sink, a channel or a provider that the server is configured with. */
  readonly usedBy: readonly string[];
}

export function viewSecret(context: Context, entry: SecretEntry): SecretView {
  const age = context.secretAges.describe(entry, findUpstreamLimit(context, entry.name));
  return { ...entry, ...age, usedBy: findUses(context, entry.name) };
}

function findUses(
  { config, upstreams }: Pick<Context, 'config' | 'upstreams'>,
  name: string,
): readonly string[] {
  const using = [...upstreams.list()].filter(({ settings }) => listUsedSecrets(settings).includes(name));
  const references = [...JSON.stringify(config).matchAll(/\{secret:([^{}]{1,200})\}/g)];
  const isConfigured = references.some(([, reference = '']) => dropField(reference) === name);
  return [...using.map((upstream) => upstream.name).sort(), ...(isConfigured ? ['configuration'] : [])];
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
