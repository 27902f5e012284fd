import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';

export interface SignInIssuerOptions {
  /** Of the console that people sign in to. */
  readonly redirectUri: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Claims of an account beyond `sub`, as the ID token carries them. */
  readonly accounts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly algorithm?: 'RS256' | 'ES256' | 'PS256';
  readonly par?: boolean;
  /** Leaves the claims to the userinfo endpoint, as a thin ID token does. */
  readonly thin?: boolean;
}

/** Somebody else's identity provider: the real `oidc-provider` on loopback, which signs in whoever a browser says it is. */
export interface SignInIssuer {
  readonly url: string;
  readonly clientId: string;
  /** How often each of its paths was asked. */
  readonly asked: ReadonlyMap<string, number>;
  /** A logout token as the issuer signs it, with what a test makes wrong of it. */
  signLogout(claims: Readonly<Record<string, unknown>>, kid?: string): Promise<string>;
  /** A new key signs from now on; the one before is no longer published. */
  rotateKeys(): Promise<void>;
  close(): Promise<void>;
}

export async function startSignInIssuer(options: SignInIssuerOptions): Promise<SignInIssuer> {
  const { clientId = 'countersign', algorithm = 'RS256' } = options;
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    response.writeHead(503).end();
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    asked.set(path, (asked.get(path) ?? 0) + 1);
    handle(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the issuer has no port');
  const url = `http://127.0.0.1:${address.port}`;
  let key: JWK;
  const cookieKey = randomBytes(16).toString('hex');
  const install = async (): Promise<void> => {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    const kid = randomBytes(8).toString('hex');
    key = { ...(await exportJWK(privateKey)), alg: algorithm, use: 'sig', kid };
    const provider = new Provider(url, configure({ ...options, clientId, algorithm }, key, cookieKey));
    const serve = provider.callback();
    handle = (request, response) => {
      if (request.url?.startsWith('/interaction/') !== true) return void serve(request, response);
      consent(provider, request, response, Object.keys(options.accounts)).catch(() => response.destroy());
    };
  };
  await install();
  return {
    url,
    clientId,
    asked,
    rotateKeys: install,
    async signLogout(claims, kid = key.kid) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({
        ...{ iss: url, aud: clientId, iat: now, exp: now + 120, jti: randomBytes(12).toString('hex') },
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        ...claims,
      })
        .setProtectedHeader({ alg: algorithm, typ: 'logout+jwt', ...(kid === undefined ? {} : { kid }) })
        .sign(await importJWK(key, algorithm));
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

type Filled = SignInIssuerOptions & { readonly clientId: string; readonly algorithm: string };

function configure(options: Filled, key: JWK, cookieKey: string): Configuration {
  const { clientId, clientSecret, redirectUri, accounts, algorithm } = options;
  const claims = [...new Set(Object.values(accounts).flatMap((account) => Object.keys(account)))];
  return {
    jwks: { keys: [key] } as NonNullable<Configuration['jwks']>,
    cookies: { keys: [cookieKey] },
    clients: [
      {
        client_id: clientId,
        redirect_uris: [redirectUri],
        id_token_signed_response_alg: algorithm as 'RS256',
        backchannel_logout_uri: `${new URL(redirectUri).origin}/sign-in/oidc/logout`,
        backchannel_logout_session_required: true,
        ...(clientSecret === undefined
          ? { token_endpoint_auth_method: 'none' as const }
          : { client_secret: clientSecret }),
      },
    ],
    enabledJWA: { idTokenSigningAlgValues: [algorithm as 'RS256'] },
    conformIdTokenClaims: options.thin === true,
    claims: { openid: ['sub', 'sid', ...(options.thin === true ? [] : claims)], profile: claims, email: [] },
    scopes: ['openid', 'profile', 'email'],
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, ...accounts[accountId] }),
    }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      pushedAuthorizationRequests: { enabled: options.par === true },
    },
    ttl: {
      AccessToken: () => 300,
      AuthorizationCode: () => 60,
      Grant: () => 3600,
      IdToken: () => 300,
      Interaction: () => 600,
      Session: () => 3600,
    },
  };
}

/** Signs in whoever the browser's `x-account` header or the `account` of the query names, and consents. */
async function consent(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  accounts: readonly string[],
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  const asked = new URL(request.url ?? '/', 'http://issuer.invalid').searchParams.get('account');
  const accountId = asked ?? String(request.headers['x-account'] ?? '');
  if (!accounts.includes(accountId)) {
    const links = accounts.map((one) => `<p><a href="?account=${encodeURIComponent(one)}">${one}</a></p>`);
    const page = `<!doctype html><html lang="en"><title>Identity provider</title>${links.join('')}`;
    return void response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  }
  const grant = new provider.Grant({ accountId, clientId: String(params.client_id) });
  grant.addOIDCScope(String(params.scope));
  const grantId = await grant.save();
  const result = { login: { accountId }, consent: { grantId } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}
