import { isJsonObject, type JsonObject } from '@countersign/core';
import type { FetchDocument } from '../outbound/fetch-document.ts';
import type { LiveUpstream } from '../upstreams/index.ts';

/** What could take the place of a static secret, and what says so. */
export interface Alternative {
  /** A kind of `credential` in the settings of an upstream, or a leased secret. */
  readonly how: 'oauth-user' | 'client-credentials' | 'token-exchange' | 'github-app' | 'aws-sts' | 'leased';
  readonly because: string;
}

const fetchMilliseconds = 2_000;
const clientCredentials = 'client_credentials';
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** Only hints: they come from names, and from what the upstream says of itself, which is never shown. */
export async function findAlternatives(
  upstream: Pick<LiveUpstream, 'kind' | 'settings'>,
  fetchDocument: FetchDocument,
): Promise<readonly Alternative[]> {
  const { settings } = upstream;
  const url = settings.url === undefined ? null : URL.parse(settings.url);
  const hinted = [
    ...hintFromHost(url?.hostname ?? ''),
    ...hintFromVariables(Object.keys(settings.env ?? {})),
  ];
  if (url === null) return hinted;
  const grants = await readGrants(url, settings.allowPrivate === true, fetchDocument);
  return grants === undefined ? hinted : [...hinted, ...hintFromGrants(grants)];
}

function hintFromHost(host: string): Alternative[] {
  if (isUnder(host, 'github.com') || isUnder(host, 'githubcopilot.com'))
    return [
      { how: 'github-app', because: 'it is GitHub: an app gives tokens of an hour for chosen repositories' },
    ];
  if (isUnder(host, 'amazonaws.com'))
    return [{ how: 'aws-sts', because: 'it is AWS: a role gives sessions of 15 minutes' }];
  return [];
}

function isUnder(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

function hintFromVariables(names: readonly string[]): Alternative[] {
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  const hints: Alternative[] = [];
  if (has(/^(GITHUB|GH)_/))
    hints.push({ how: 'github-app', because: 'it reads a token of GitHub from its environment' });
  if (has(/^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)$/))
    hints.push({ how: 'aws-sts', because: 'it reads a key of AWS from its environment' });
  if (has(/^(PG|MYSQL_|MONGO|REDIS_|POSTGRES|DATABASE_|DB_)/))
    hints.push({
      how: 'leased',
      because: 'it reads the account of a database, which a Vault can make for a while',
    });
  return hints;
}

function hintFromGrants(grants: readonly string[]): Alternative[] {
  const says = 'its own metadata names an authorization server';
  const hints: Alternative[] = [
    { how: 'oauth-user', because: `${says}: each person can connect their own account` },
  ];
  if (grants.includes(clientCredentials))
    hints.push({ how: 'client-credentials', because: `${says} with that grant` });
  if (grants.includes(tokenExchange))
    hints.push({ how: 'token-exchange', because: `${says} with that grant` });
  return hints;
}

/** The grants of the upstream's authorization server (RFC 9728, RFC 8414); undefined when it names none. Hostile input. */
async function readGrants(
  upstream: URL,
  allowPrivate: boolean,
  fetchDocument: FetchDocument,
): Promise<readonly string[] | undefined> {
  const read = (url: string) => readObject(url, allowPrivate, fetchDocument);
  const resource =
    (await read(insertWellKnown(upstream, 'oauth-protected-resource'))) ??
    (await read(`${upstream.origin}/.well-known/oauth-protected-resource`));
  const [issuer] = Array.isArray(resource?.authorization_servers) ? resource.authorization_servers : [];
  const named = typeof issuer === 'string' ? URL.parse(issuer) : null;
  if (named === null) return undefined;
  const server =
    (await read(insertWellKnown(named, 'oauth-authorization-server'))) ??
    (await read(insertWellKnown(named, 'openid-configuration')));
  const grants = server?.grant_types_supported;
  return Array.isArray(grants) ? grants.filter((grant) => typeof grant === 'string') : [];
}

function insertWellKnown({ origin, pathname }: URL, kind: string): string {
  return `${origin}/.well-known/${kind}${pathname.replace(/\/$/, '')}`;
}

async function readObject(
  url: string,
  allowPrivate: boolean,
  fetchDocument: FetchDocument,
): Promise<JsonObject | undefined> {
  try {
    const { text } = await fetchDocument({ url, allowPrivate, timeoutMilliseconds: fetchMilliseconds });
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // An upstream that cannot be asked only gives no hint.
    return undefined;
  }
}
