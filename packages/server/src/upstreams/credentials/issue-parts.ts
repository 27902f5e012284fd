import { AppError } from '@countersign/api';
import { SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import type { Platform } from '../../platform/platform.ts';
import type { SecretStore } from '../../plugins/secret-store/secret-store.ts';
import type { TokenState } from '../../tokens/index.ts';
import { lied } from '../json-rpc.ts';
import type { CredentialKind, CredentialOf, OAuthCredential } from './credential-settings.ts';
import type { Issuer } from './find-issuer.ts';
import {
  type ClientIdentity,
  chooseAuthentication,
  describeFetch,
  explainIssuer,
  type IssuerClient,
} from './issuer-client.ts';
import type { Claimant, Holder } from './minted.ts';

/** What getting a credential needs of the server. */
export interface IssueParts {
  readonly platform: Platform;
  readonly secrets: SecretStore;
  /** This server's own issuer identifier and public URL. */
  readonly publicUrl: string;
  readonly signingKeys: Pick<TokenState['signingKeys'], 'current'>;
  fetch(allowPrivate: boolean): GuardedFetch;
  /** As `findIssuer`, remembered for a while. */
  findIssuer(holder: Holder, credential: OAuthCredential): Promise<Issuer>;
}

export interface IssueRequest<Kind extends CredentialKind> {
  readonly holder: Holder;
  readonly credential: CredentialOf<Kind>;
  /** Null when the server itself looks at the upstream's tools. */
  readonly claimant: Claimant | null;
  /** A token that the upstream just refused: not to be given again. */
  readonly refused: string | undefined;
}

const assertionSeconds = 120;
const defaultLifetimeSeconds = 300;
// No secret is shorter, and what is shorter would be found everywhere; longer ones fit no header.
const tokenForm = /^[A-Za-z0-9\-._~+/]{8,8192}={0,8}$/;

/** This server as the client of an upstream's issuer. Throws what `findIssuer` and `chooseAuthentication` throw. */
export async function openIssuerClient(
  parts: IssueParts,
  holder: Holder,
  credential: OAuthCredential,
  identity: ClientIdentity | null,
): Promise<IssuerClient> {
  const issuer = await parts.findIssuer(holder, credential);
  const allowPrivate = credential.allowPrivate === true;
  return {
    ...issuer,
    client: { client_id: identity?.clientId ?? parts.publicUrl },
    // RFC 8693, section 2.1: the subject token may be all that an issuer needs.
    authenticate:
      identity === null
        ? () => {}
        : await chooseAuthentication(
            credential,
            identity,
            issuer.server,
            parts,
            holder.settings.secretMaxAgeDays,
          ),
    fetch: parts.fetch(allowPrivate),
    allowPrivate,
    now: parts.platform.now,
  };
}

/** A short-lived statement of this server about who acts for whom, for one audience; never of use as an access token here. */
export function signStatement(
  parts: IssueParts,
  audience: string,
  claimant: Claimant | null,
  subject: 'person' | 'agent',
): Promise<string> {
  const { publicUrl, platform } = parts;
  const key = parts.signingKeys.current();
  const now = Math.floor(platform.now() / 1000);
  const about =
    claimant === null
      ? { sub: publicUrl }
      : {
          sub: subject === 'person' ? claimant.person : claimant.agent,
          act: { sub: claimant.agent, iss: publicUrl, sub_profile: 'ai_agent' },
          task: claimant.task,
          chain: claimant.chain,
        };
  return new SignJWT({ ...about, iss: publicUrl, aud: audience, jti: platform.newId('tok') })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: key.kid })
    .setIssuedAt(now)
    .setExpirationTime(now + assertionSeconds)
    .sign(key.privateKey);
}

/** The token of an answer, if it can be sent and found again. Throws `upstream.lied`. */
export function readToken(response: oauth.TokenEndpointResponse, isBound: boolean): string {
  const { access_token: token, token_type: type } = response;
  if (type !== (isBound ? 'dpop' : 'bearer'))
    throw lied('its issuer gave a token of another type than asked for');
  return requireToken(token);
}

export function requireToken(token: unknown): string {
  if (typeof token !== 'string' || !tokenForm.test(token)) throw lied('its issuer gave no usable token');
  return token;
}

/** Epoch milliseconds. */
export function readExpiry(expiresIn: number | undefined, now: number): number {
  const seconds = Math.min(Math.max(0, expiresIn ?? defaultLifetimeSeconds), 31_536_000);
  return now + seconds * 1000;
}

/** RFC 7009, where the issuer has it. Throws `upstream.*`. */
export async function revokeToken(at: IssuerClient, token: string): Promise<void> {
  if (at.server.revocation_endpoint === undefined) return;
  try {
    const options = describeFetch(at);
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(at.server, at.client, at.authenticate, token, options),
    );
  } catch (thrown) {
    throw explainIssuer(at, thrown);
  }
}

/** Refuses an answer that reaches further than was asked for (RFC 6749, section 3.3). */
export function requireScopes(wanted: readonly string[] | undefined, given: string | undefined): void {
  if (wanted === undefined || given === undefined) return;
  const wider = given.split(' ').filter((scope) => scope !== '' && !wanted.includes(scope));
  if (wider.length > 0)
    throw new AppError('upstream.lied', { detail: 'its issuer gave more than was asked for' });
}
