import { readFile } from 'node:fs/promises';
import { AppError } from '@countersign/api';
import type { ClientAuth, Configuration, CustomFetch, ServerMetadata } from 'openid-client';
import type { Context } from '../../context.ts';
import { requireUpstreamUrl } from '../../outbound/address-guard.ts';
import { createGuardedFetch, type GuardedFetch } from '../../outbound/guarded-fetch.ts';

export type SingleSignOn = NonNullable<Context['config']['people']['oidc']>;
type Library = typeof import('openid-client');

/** The issuer that signs people in, as this server's client sees it. */
export interface Issuer {
  readonly settings: SingleSignOn;
  /** Ready for one exchange. Throws `person.oidc_unavailable`. */
  open(): Promise<{ readonly library: Library; readonly client: Configuration }>;
  readonly fetch: GuardedFetch;
}

/** What ID tokens may be signed with; never `none`, and never a secret that this server shares. */
export const signingAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const endpoints = [
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
  'pushed_authorization_request_endpoint',
] as const;
const metadataMilliseconds = 3_600_000;
const timeoutSeconds = 10;

/**
 * The issuer of `people.oidc`, found when somebody first signs in and again every hour. Its keys are kept by the library,
 * which asks again when one is not known, at most once a minute.
 */
export function createIssuer(
  context: Pick<Context, 'config' | 'platform' | 'secrets'>,
  settings: SingleSignOn,
): Issuer {
  const { config, platform } = context;
  const fetch = createGuardedFetch({ allowPrivate: settings.allowPrivate });
  const customFetch: CustomFetch = (url, { method, headers, body }) =>
    fetch(url, {
      method,
      headers,
      body: typeof body === 'string' || body instanceof URLSearchParams ? body : undefined,
    });
  const make = async (library: Library): Promise<Configuration> => {
    const discovered = await library.discovery(
      new URL(settings.issuer),
      settings.clientId,
      {},
      library.None(),
      {
        execute: settings.allowPrivate ? [library.allowInsecureRequests] : [],
        timeout: timeoutSeconds,
        [library.customFetch]: customFetch,
      },
    );
    const client = new library.Configuration(
      limitMetadata({ ...discovered.serverMetadata() }, settings),
      settings.clientId,
      {
        [library.clockTolerance]: settings.clockSkewSeconds,
        redirect_uris: [callbackUrl(config.server.publicUrl)],
      },
      chooseAuthentication(library, settings, context),
    );
    client.timeout = timeoutSeconds;
    client[library.customFetch] = customFetch;
    if (settings.allowPrivate) library.allowInsecureRequests(client);
    // Also what came straight from the token endpoint is believed by its signature alone.
    library.enableNonRepudiationChecks(client);
    return client;
  };
  let found: { readonly client: Configuration; readonly at: number } | undefined;
  return {
    settings,
    fetch,
    async open() {
      const library = await import('openid-client');
      try {
        if (found === undefined || platform.now() - found.at >= metadataMilliseconds) {
          found = { client: await make(library), at: platform.now() };
        }
        return { library, client: found.client };
      } catch (thrown) {
        throw new AppError('person.oidc_unavailable', { cause: thrown });
      }
    },
  };
}

export function callbackUrl(publicUrl: string): string {
  return `${publicUrl}/sign-in/oidc/callback`;
}

/** An issuer whose metadata sends codes or secrets elsewhere is how one passes for another. */
function limitMetadata(metadata: ServerMetadata, settings: SingleSignOn): ServerMetadata {
  const issuer = new URL(settings.issuer);
  const hosts = new Set([issuer.host, ...settings.endpointHosts]);
  for (const name of endpoints) {
    const address = metadata[name];
    if (address === undefined) continue;
    const url = requireUpstreamUrl(String(address), settings.allowPrivate);
    const isDowngraded = issuer.protocol === 'https:' && url.protocol !== 'https:';
    if (isDowngraded || !hosts.has(url.host)) throw new Error(`${name} is at ${url.host.slice(0, 253)}`);
  }
  const offered = metadata.id_token_signing_alg_values_supported ?? ['RS256'];
  const usable = offered.filter((name) => signingAlgorithms.includes(name));
  if (usable.length === 0) throw new Error('no algorithm of its ID tokens is acceptable');
  return { ...metadata, id_token_signing_alg_values_supported: usable };
}

/** The secret is read anew each time, so that a rotated one is used at once. */
function chooseAuthentication(
  library: Library,
  { clientSecret, clientSecretFile }: SingleSignOn,
  context: Pick<Context, 'secrets'>,
): ClientAuth {
  if (clientSecret === undefined && clientSecretFile === undefined) return library.None();
  const read = async (): Promise<string> =>
    clientSecretFile === undefined
      ? (await context.secrets.get((clientSecret ?? '').slice('{secret:'.length, -1))).value
      : (await readFile(clientSecretFile, 'utf8')).trim();
  return async (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const authenticate = methods.includes('client_secret_basic')
      ? library.ClientSecretBasic(await read())
      : library.ClientSecretPost(await read());
    await authenticate(server, client, body, headers);
  };
}
