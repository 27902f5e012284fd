import { AppError } from '@countersign/api';
import { createRemoteJWKSet, customFetch, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import { type Issuer, signingAlgorithms } from './issuer.ts';

const event = 'http://schemas.openid.net/event/backchannel-logout';
const longestToken = 16_384;
const oldestSeconds = 300;

/** Verifies logout tokens of one issuer, whose keys it keeps. */
export interface LogoutReader {
  read(
    token: string,
  ): Promise<{ readonly claims: JWTPayload; readonly digest: string; readonly expiresAt: number }>;
}

/** OpenID Connect Back-Channel Logout 1.0, section 2.6. Throws `person.oidc_refused`. */
export function createLogoutReader(context: Pick<Context, 'platform'>, issuer: Issuer): LogoutReader {
  let keys: { readonly uri: string; readonly get: JWTVerifyGetKey } | undefined;
  const { settings } = issuer;
  return {
    async read(token) {
      if (token.length > longestToken) throw refuse('too long');
      const { client } = await issuer.open();
      const uri = client.serverMetadata().jwks_uri;
      if (uri === undefined) throw new AppError('person.oidc_unavailable', { cause: 'no keys' });
      if (keys?.uri !== uri) {
        const get = createRemoteJWKSet(new URL(uri), {
          [customFetch]: (url: string) => issuer.fetch(url),
        });
        keys = { uri, get };
      }
      try {
        const { payload } = await jwtVerify(token, keys.get, {
          issuer: settings.issuer,
          audience: settings.clientId,
          algorithms: signingAlgorithms,
          clockTolerance: settings.clockSkewSeconds,
          currentDate: new Date(context.platform.now()),
          requiredClaims: ['iat', 'jti', 'events', 'exp'],
          maxTokenAge: oldestSeconds,
        });
        requireLogout(payload);
        const expiresAt = ((payload.exp ?? 0) + settings.clockSkewSeconds) * 1000;
        return { claims: payload, digest: sha256(`${settings.issuer}\n${payload.jti}`), expiresAt };
      } catch (thrown) {
        throw thrown instanceof AppError ? thrown : refuse('signature or claims');
      }
    },
  };
}

/** An ID token is no logout token, and the other way round: events say which, and a nonce forbids it. */
function requireLogout({ events, nonce, sub, sid, jti }: JWTPayload): void {
  const isMarked = typeof events === 'object' && events !== null && Object.hasOwn(events, event);
  if (!isMarked || nonce !== undefined) throw refuse('no logout token');
  if (typeof sub !== 'string' && typeof sid !== 'string') throw refuse('nobody named');
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) throw refuse('jti');
}

/**
 * Ends the sessions that the issuer ended, once for each token: all of its subject, or the one it names. What a passkey
 * opened goes on, since the issuer never vouched for it. Throws `person.oidc_refused`.
 */
export async function endByLogout(
  context: Pick<Context, 'platform' | 'store'>,
  issuer: Issuer,
  reader: LogoutReader,
  token: string,
): Promise<void> {
  const { claims, digest, expiresAt } = await reader.read(token);
  await context.store.transaction(async (tx) => {
    const at = context.platform.now();
    await tx.sql.deleteFrom('logout_tokens').where('expires_at', '<', at).execute();
    const seen = await tx.sql
      .selectFrom('logout_tokens')
      .select('digest')
      .where('digest', '=', digest)
      .executeTakeFirst();
    if (seen !== undefined) throw refuse('replayed');
    await tx.sql.insertInto('logout_tokens').values({ digest, expires_at: expiresAt }).execute();
    const subject = claims.sub ?? null;
    const session = typeof claims.sid === 'string' ? claims.sid : null;
    const open = await tx.sql
      .selectFrom('sessions')
      .select(['id', 'person_id', 'subject', 'issuer_session'])
      .where('issuer', '=', issuer.settings.issuer)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', at)
      .where(({ eb, or }) => or([eb('issuer_session', '=', session), eb('subject', '=', subject)]))
      .execute();
    const meant = open.filter(
      (row) =>
        (subject === null || row.subject === subject) &&
        // A session that the issuer never named cannot be told from the others of its subject.
        (session === null || row.issuer_session === null || row.issuer_session === session),
    );
    for (const { id, person_id } of meant) {
      await endSessions(context, tx, {
        ...{ personId: person_id, only: id, by: 'system:oidc' },
        ...{ reason: 'ended at the issuer', causes: [] },
      });
    }
  });
}

function refuse(cause: string): AppError {
  return new AppError('person.oidc_refused', { cause });
}
