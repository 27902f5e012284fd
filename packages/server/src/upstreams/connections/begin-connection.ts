import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Issuer } from '../credentials/find-issuer.ts';
import { generateBindingJwk } from '../credentials/issuer-client.ts';
import { upstreamName } from '../upstream-schema.ts';
import { callbackPath } from './client-document.ts';
import { requireUserCredential, type UserCredential } from './connection-parts.ts';
import { findClient } from './find-client.ts';

const beginConnectionInput = z.strictObject({ upstream: upstreamName });

/** Everything the way back needs, sealed for the one state it belongs to. */
export const underWay = z.strictObject({
  verifier: z.string(),
  clientId: z.string(),
  clientSecret: z.string().optional(),
  resource: z.string().nullable(),
  bindingJwk: z.record(z.string(), z.unknown()).optional(),
});
export type UnderWay = z.infer<typeof underWay>;

export interface BegunConnection {
  /** At the upstream's authorization server, for this person's browser alone. */
  readonly url: string;
}

const lifetimeMilliseconds = 600_000;
const mostUnderWay = 20;

export function sealPurpose(stateDigest: string): string {
  return `upstream_authorizations/${stateDigest}`;
}

/**
 * Sends a signed-in person to the upstream's authorization server: code flow with PKCE S256, RFC 8707 resource, and a
 * state that only this session of this person can come back with. Throws `upstream.connection_unsupported` and whatever
 * keeps the authorization server from being found.
 */
export async function beginConnection(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<BegunConnection> {
  requirePermission(actor, 'upstreams.connect');
  // Whose account it becomes: only a person in a session of their own has one.
  if (actor.kind !== 'person') throw new AppError('person.sign_in_required');
  const { upstream } = beginConnectionInput.parse(input);
  const { platform, store, masterKey } = context;
  const parts = context.credentials.connections;
  const live = context.upstreams.find(upstream);
  if (live === undefined) throw new AppError('upstream.not_found');
  const credential = requireUserCredential(live);
  const issuer = await parts.findIssuer(live, credential);
  requireCodeFlow(issuer);
  const identity = await findClient(parts, upstream, credential, issuer);
  const bindingJwk = bindsTokens(credential, issuer) ? { ...generateBindingJwk() } : undefined;
  const random = () => Buffer.from(platform.randomBytes(32)).toString('base64url');
  const [state, verifier] = [random(), random()];
  const digest = sha256(state);
  const secrets: UnderWay = {
    verifier,
    ...identity,
    resource: issuer.resource ?? null,
    ...(bindingJwk === undefined ? {} : { bindingJwk }),
  };
  const now = platform.now();
  await store.transaction(async (tx) => {
    await tx.sql.deleteFrom('upstream_authorizations').where('expires_at', '<=', now).execute();
    const { under_way: underWayNow } = await tx.sql
      .selectFrom('upstream_authorizations')
      .select((where) => where.fn.countAll<number>().as('under_way'))
      .where('person_id', '=', actor.person)
      .executeTakeFirstOrThrow();
    if (Number(underWayNow) >= mostUnderWay) throw new AppError('server.rate_limited');
    await tx.sql
      .insertInto('upstream_authorizations')
      .values({
        state_digest: digest,
        session_id: actor.session,
        person_id: actor.person,
        upstream,
        issuer: issuer.server.issuer,
        sealed: masterKey.seal(JSON.stringify(secrets), sealPurpose(digest)),
        created_at: now,
        expires_at: now + lifetimeMilliseconds,
      })
      .execute();
  });
  const wish = { clientId: identity.clientId, state, challenge: sha256(verifier), credential };
  return { url: describeRequest(issuer, `${parts.publicUrl}${callbackPath}`, wish) };
}

/** Tokens bound to a key are of use only where their possession is checked. */
function bindsTokens({ dpop }: UserCredential, issuer: Issuer): boolean {
  const issuerCan = issuer.server.dpop_signing_alg_values_supported?.includes('ES256') === true;
  if (dpop === true && !issuerCan)
    throw new AppError('upstream.connection_unsupported', { detail: 'its issuer binds no tokens (dpop)' });
  return dpop ?? (issuerCan && issuer.resourceChecksProofs);
}

function requireCodeFlow({ server }: Issuer): void {
  const lacks = (what: string) =>
    new AppError('upstream.connection_unsupported', { detail: `its issuer lacks ${what}` });
  if (server.authorization_endpoint === undefined) throw lacks('an authorization endpoint');
  if (server.token_endpoint === undefined) throw lacks('a token endpoint');
  // Without it a stolen code is worth something; MCP has clients refuse.
  if (server.code_challenge_methods_supported?.includes('S256') !== true) throw lacks('PKCE with S256');
}

function describeRequest(
  { server, resource }: Issuer,
  redirectUri: string,
  wish: {
    readonly clientId: string;
    readonly state: string;
    readonly challenge: string;
    readonly credential: UserCredential;
  },
): string {
  const url = new URL(server.authorization_endpoint ?? '');
  const parameters = {
    response_type: 'code',
    client_id: wish.clientId,
    redirect_uri: redirectUri,
    state: wish.state,
    code_challenge: wish.challenge,
    code_challenge_method: 'S256',
    ...(resource === undefined ? {} : { resource }),
    ...(wish.credential.scopes === undefined ? {} : { scope: wish.credential.scopes.join(' ') }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
