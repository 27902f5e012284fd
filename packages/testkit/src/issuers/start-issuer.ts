import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRemoteJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import Provider, {
  type ClientMetadata,
  type Configuration,
  errors,
  type KoaContextWithOIDC,
} from 'oidc-provider';

export interface IssuerOptions {
  readonly clients?: readonly ClientMetadata[];
  readonly accessTokenSeconds?: number;
  readonly dpop?: boolean;
  /** Shows a page with a link to follow, as a person would see; otherwise all consent at once. */
  readonly asks?: boolean;
  /** RFC 8693 of access tokens, and of the statements of the issuer given here. */
  readonly exchange?: { readonly trusts?: string };
}

export interface SeenGrant {
  readonly grant: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly ok: boolean;
}

/** Somebody else's authorization server: the real `oidc-provider` on loopback, whose people consent to everything. */
export interface Issuer {
  readonly url: string;
  /** What was asked of its token endpoint. */
  readonly grants: readonly SeenGrant[];
  /** Whose token it is, while it is good. */
  verify(token: string): Promise<IssuedFor | undefined>;
  /** Ends all that the account ever consented to. */
  revoke(account: string): Promise<void>;
  close(): Promise<void>;
}

export interface IssuedFor {
  readonly account: string;
  readonly jkt: string | undefined;
  /** What the subject token of an exchange said. */
  readonly subject?: Readonly<Record<string, unknown>>;
}

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const scopes = 'files:read files:write';

export async function startIssuer(options: IssuerOptions = {}): Promise<Issuer> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    response.writeHead(503).end();
  const server = createServer((request, response) => handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the issuer has no port');
  const url = `http://127.0.0.1:${address.port}`;

  const provider = new Provider(url, await configure(options));
  const grants: SeenGrant[] = [];
  const grantsOf = new Map<string, Set<string>>();
  const exchanged = new Map<string, IssuedFor>();
  const note = (ok: boolean) => (ctx: KoaContextWithOIDC) => {
    const parameters = { ...ctx.oidc.params };
    grants.push({ grant: String(parameters.grant_type), parameters, ok });
  };
  provider.on('grant.success', note(true));
  provider.on('grant.error', note(false));
  const verify = async (token: string): Promise<IssuedFor | undefined> => {
    const given = exchanged.get(token);
    if (given !== undefined) return given;
    const found = (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token));
    if (found === undefined) return undefined;
    const account = 'accountId' in found ? found.accountId : found.clientId;
    return { account: account ?? '', jkt: found.jkt };
  };
  if (options.exchange !== undefined) allowExchange(provider, { verify, exchanged, ...options.exchange });
  const serve = provider.callback();
  handle = (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return void serve(request, response);
    if (options.asks === true && !request.url.endsWith('/allow')) {
      const page = `<!doctype html><title>Files</title><a href="${request.url}/allow">Allow</a>`;
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    }
    consent(provider, request, response, grantsOf).catch(() => response.destroy());
  };
  return {
    url,
    grants,
    verify,
    async revoke(account) {
      for (const grant of grantsOf.get(account) ?? []) {
        await provider.AccessToken.revokeByGrantId(grant);
        await provider.RefreshToken.revokeByGrantId(grant);
      }
      for (const [token, given] of exchanged) if (given.account === account) exchanged.delete(token);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function configure(options: IssuerOptions): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const seconds = options.accessTokenSeconds ?? 300;
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    clients: [...(options.clients ?? [])],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    scopes: ['openid', 'offline_access'],
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    pkce: { required: () => true },
    ttl: {
      AccessToken: () => seconds,
      ClientCredentials: () => seconds,
      Grant: () => 3600,
      Interaction: () => 600,
      RefreshToken: () => 3600,
      Session: () => 3600,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: options.dpop === true },
      clientCredentials: { enabled: true },
      registration: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, audience) => ({
          scope: scopes,
          audience,
          accessTokenTTL: seconds,
          accessTokenFormat: 'opaque',
        }),
      },
    },
  };
}

/** Signs in whoever the browser's `x-account` header names, and consents. */
async function consent(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  grantsOf: Map<string, Set<string>>,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  const accountId = String(request.headers['x-account'] ?? 'somebody');
  const grant = new provider.Grant({ accountId, clientId: String(params.client_id) });
  grant.addOIDCScope('openid offline_access');
  if (typeof params.resource === 'string') grant.addResourceScope(params.resource, scopes);
  const grantId = await grant.save();
  grantsOf.set(accountId, (grantsOf.get(accountId) ?? new Set()).add(grantId));
  await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId } });
}

function allowExchange(
  provider: Provider,
  parts: {
    readonly verify: Issuer['verify'];
    readonly exchanged: Map<string, IssuedFor>;
    readonly trusts?: string;
  },
): void {
  const readSubject = async (token: string, type: string): Promise<IssuedFor | undefined> => {
    if (type.endsWith(':access_token')) return parts.verify(token);
    if (parts.trusts === undefined || decodeJwt(token).iss !== parts.trusts) return undefined;
    const keys = createRemoteJWKSet(new URL(`${parts.trusts}/oauth/jwks`));
    const { payload } = await jwtVerify(token, keys, { issuer: parts.trusts, audience: provider.issuer });
    return { account: String(payload.sub), jkt: undefined, subject: payload };
  };
  const grant = async (ctx: KoaContextWithOIDC): Promise<void> => {
    const { subject_token: token, subject_token_type: type } = ctx.oidc.params ?? {};
    const subject = await readSubject(String(token), String(type)).catch(() => undefined);
    if (subject === undefined) throw new errors.InvalidGrant('the subject token is not valid');
    const given = randomBytes(24).toString('base64url');
    parts.exchanged.set(given, { ...subject, jkt: undefined });
    ctx.body = {
      access_token: given,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 120,
    };
  };
  provider.registerGrantType(exchangeGrant, grant, [
    'subject_token',
    'subject_token_type',
    'requested_token_type',
    'resource',
    'audience',
    'scope',
  ]);
}
