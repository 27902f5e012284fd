import { generateKeyPairSync, type JsonWebKey, KeyObject } from 'node:crypto';
import { AppError } from '@countersign/api';
import * as oauth from 'oauth4webapi';
import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import type { Platform } from '../../platform/platform.ts';
import type { SecretStore } from '../../plugins/secret-store/secret-store.ts';
import { findSecretNames } from '../secret-reference.ts';
import type { OAuthCredential } from './credential-settings.ts';
import type { Issuer } from './find-issuer.ts';
import { importPrivateKey } from './import-private-key.ts';
import type { BindingKey } from './minted.ts';

/** This server as a client of one authorization server. */
export interface IssuerClient extends Issuer {
  readonly client: oauth.Client;
  readonly authenticate: oauth.ClientAuth;
  readonly fetch: GuardedFetch;
  readonly allowPrivate: boolean;
  readonly now: () => number;
}

/** A client's identifier and how it authenticates: registered by hand, by a metadata document or dynamically. */
export interface ClientIdentity {
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
}

export type IssuerOptions = oauth.TokenEndpointRequestOptions;

const leewaySeconds = 5;
const assertionSeconds = 60;

/** How the settings say that this client authenticates. Throws `secret.*`. */
export async function chooseAuthentication(
  credential: OAuthCredential,
  identity: ClientIdentity,
  server: oauth.AuthorizationServer,
  parts: { readonly secrets: SecretStore; readonly platform: Platform },
  maxAgeDays?: number,
): Promise<oauth.ClientAuth> {
  if (credential.privateKey !== undefined) {
    const { key, kid } = importPrivateKey(await readSecret(credential.privateKey, parts.secrets, maxAgeDays));
    const options = { [oauth.modifyAssertion]: setTimes(parts.platform, assertionSeconds) };
    return oauth.PrivateKeyJwt(kid === undefined ? { key } : { key, kid }, options);
  }
  const secret =
    credential.clientSecret === undefined
      ? identity.clientSecret
      : await readSecret(credential.clientSecret, parts.secrets, maxAgeDays);
  if (secret === undefined) return oauth.None();
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic')
    ? oauth.ClientSecretBasic(secret)
    : oauth.ClientSecretPost(secret);
}

/** The value behind a setting that is one reference. Throws `secret.*`. */
export async function readSecret(
  reference: string,
  secrets: SecretStore,
  maxAgeDays?: number,
): Promise<string> {
  const [name] = findSecretNames(reference) ?? [];
  if (name === undefined) throw new AppError('secret.not_found');
  return (await secrets.get(name, maxAgeDays === undefined ? {} : { maxAgeDays })).value;
}

export interface TokenRequest {
  send(options: IssuerOptions): Promise<Response>;
  read(response: Response): Promise<oauth.TokenEndpointResponse>;
  readonly bindingKey?: BindingKey | undefined;
}

/** Asks the token endpoint, again with its nonce when it wants one. Throws `upstream.credential_unavailable` or `upstream.lied`. */
export async function requestToken(
  at: IssuerClient,
  request: TokenRequest,
): Promise<oauth.TokenEndpointResponse> {
  const { bindingKey } = request;
  const options: IssuerOptions = {
    ...describeFetch(at),
    ...(bindingKey === undefined ? {} : { DPoP: createHandle(at, bindingKey) }),
  };
  const attempt = async () => request.read(await request.send(options));
  try {
    return await attempt();
  } catch (thrown) {
    if (!oauth.isDPoPNonceError(thrown)) throw explainIssuer(at, thrown);
  }
  try {
    return await attempt();
  } catch (thrown) {
    throw explainIssuer(at, thrown);
  }
}

export function describeFetch(at: Pick<IssuerClient, 'fetch' | 'allowPrivate'>) {
  return {
    [oauth.customFetch]: (url: string, options: Parameters<GuardedFetch>[1]) => at.fetch(url, options),
    // The address guard has decided by then whether clear text is permitted: on private networks only.
    [oauth.allowInsecureRequests]: at.allowPrivate,
  };
}

/** The error code of an issuer, cut to what codes are made of. The library's own error holds the answer, tokens and all. */
class IssuerRefusal extends Error {
  override readonly name = 'IssuerRefusal';
  readonly error: string;
  constructor(error: string) {
    super(`the issuer answered ${error}`);
    this.error = error;
  }
}

/** True when the issuer says that this client may not use the grant at all (RFC 6749, section 5.2). */
export function hasRefusedGrant(thrown: unknown): boolean {
  const error = readRefusal(thrown);
  return error === 'unauthorized_client' || error === 'unsupported_grant_type';
}

/** True when the issuer says that what a grant rests on is no longer good (RFC 6749, section 5.2). */
export function isGrantGone(thrown: unknown): boolean {
  return readRefusal(thrown) === 'invalid_grant';
}

function readRefusal(thrown: unknown): string | undefined {
  const refusal = thrown instanceof AppError ? thrown.cause : undefined;
  return refusal instanceof IssuerRefusal ? refusal.error : undefined;
}

/** What went wrong at an issuer, in our words. Nothing of the library's error is kept: it quotes the answer. */
export function explainIssuer(at: Pick<IssuerClient, 'server'>, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const { host } = new URL(at.server.issuer);
  if (thrown instanceof oauth.ResponseBodyError) {
    const error = /^[a-z_]{1,40}$/.test(thrown.error) ? thrown.error : 'an_error';
    return new AppError('upstream.credential_unavailable', {
      detail: `${host} answered ${error}`,
      cause: new IssuerRefusal(error),
    });
  }
  if (thrown instanceof oauth.WWWAuthenticateChallengeError)
    return new AppError('upstream.credential_unavailable', { detail: `${host} refused this client` });
  return new AppError('upstream.lied', { detail: `${host} answered out of form` });
}

/** A new P-256 pair as private JWK, for the secret store. */
export function generateBindingJwk(): JsonWebKey {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
}

export async function importBindingKey(jwk: JsonWebKey): Promise<BindingKey> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const { d: _, ...open } = jwk;
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']),
    crypto.subtle.importKey('jwk', open, algorithm, true, ['verify']),
  ]);
  return { privateKey, publicKey };
}

export function publicJwkOf({ publicKey }: BindingKey): JsonWebKey {
  const { kty, crv, x, y } = KeyObject.from(publicKey).export({ format: 'jwk' });
  return { kty, crv, x, y } as JsonWebKey;
}

function createHandle(at: IssuerClient, key: BindingKey): oauth.DPoPHandle {
  return oauth.DPoP(at.client, key, {
    [oauth.modifyAssertion]: (_header, payload) => {
      payload.iat = Math.floor(at.now() / 1000);
    },
  });
}

/** The library has a clock of its own; ours is the one handed in. */
function setTimes(platform: Pick<Platform, 'now'>, lifetimeSeconds: number) {
  return (_header: Record<string, unknown>, payload: Record<string, unknown>): void => {
    const now = Math.floor(platform.now() / 1000);
    Object.assign(payload, { iat: now, nbf: now - leewaySeconds, exp: now + lifetimeSeconds });
  };
}
