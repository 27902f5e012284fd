import { CliError } from '../../cli-error.ts';
import { readPairs } from '../../parse-options.ts';
import type { Session } from '../../session.ts';

export const modelProviders = ['openai', 'anthropic'] as const;
type Provider = (typeof modelProviders)[number];

export interface ModelPlace {
  readonly model?: string | undefined;
  readonly preset?: string | undefined;
  readonly server?: string | undefined;
  readonly secret?: string | undefined;
  readonly passHeader?: readonly string[] | undefined;
  readonly hostedTool?: readonly string[] | undefined;
  readonly allowPrivate?: boolean | undefined;
  readonly header?: readonly string[] | undefined;
  readonly timeout?: number | undefined;
  readonly secretMaxAgeDays?: number | undefined;
}

const addresses: Readonly<Record<Provider, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
};

/** A model provider; undefined when none is asked for. Throws `CliError`. */
export function readModel(place: ModelPlace): { kind: 'model'; settings: object } | undefined {
  const preset = modelProviders.find((one) => one === place.preset);
  const provider = modelProviders.find((one) => one === (place.model ?? preset));
  const { secret, passHeader: passHeaders, hostedTool: hostedTools, allowPrivate, header } = place;
  if (provider === undefined) {
    if ((secret ?? passHeaders ?? hostedTools) !== undefined)
      throw new CliError('--secret, --pass-header and --hosted-tool go with --model or its presets');
    return undefined;
  }
  const url = place.server ?? (preset === undefined ? undefined : addresses[preset]);
  if (url === undefined) throw new CliError('--model needs --server');
  const headers = {
    ...(header && readPairs(header, ':')),
    ...(secret === undefined ? {} : describeKey(provider, secret)),
  };
  const { timeout: timeoutSeconds, secretMaxAgeDays } = place;
  const settings = {
    url,
    provider,
    headers,
    passHeaders,
    hostedTools,
    allowPrivate,
    timeoutSeconds,
    secretMaxAgeDays,
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { kind: 'model', settings: Object.fromEntries(given) };
}

function describeKey(provider: Provider, secret: string): Readonly<Record<string, string>> {
  const reference = `{secret:${secret}}`;
  return provider === 'openai' ? { authorization: `Bearer ${reference}` } : { 'x-api-key': reference };
}

/** What is known of every provider: nothing changes there, and what is said to it has left the house. */
export async function confirmModel(
  session: Session,
  upstream: string,
  tools: readonly { readonly name: string }[],
): Promise<void> {
  const resultLabels = { trust: 'trusted', sensitivity: 'public', audience: 'anyone', fields: [] };
  for (const { name } of tools) {
    const effects = name === 'models' ? ['read'] : ['read', 'egress'];
    const path = `/v1/upstreams/${encodeURIComponent(upstream)}/tools/${encodeURIComponent(name)}/classification`;
    await session.api().send('PUT', path, { effects, dataDomain: 'model', resultLabels });
  }
}
