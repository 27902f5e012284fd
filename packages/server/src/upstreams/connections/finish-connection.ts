import { AppError, toAppError } from '@countersign/api';
import * as oauth from 'oauth4webapi';
import type { Context } from '../../context.ts';
import { type Actor, hasPermission, nameActor, requirePermission } from '../../people/index.ts';
import { openIssuerClient } from '../credentials/issue-parts.ts';
import { type IssuerClient, importBindingKey, requestToken } from '../credentials/issuer-client.ts';
import type { LiveUpstream } from '../live-upstream.ts';
import { refreshTools } from '../refresh-tools.ts';
import { sealPurpose, type UnderWay, underWay } from './begin-connection.ts';
import { callbackPath } from './client-document.ts';
import { requireUserCredential } from './connection-parts.ts';
import { type GivenTokens, keepConnection } from './keep-connection.ts';
import { type TakenAuthorization, takeAuthorization } from './take-authorization.ts';

export interface FinishedConnection {
  readonly id: string;
  readonly upstream: string;
}

/**
 * Takes what the authorization server sent a person's browser back with. It counts once, in the session that asked,
 * from the issuer that was asked (RFC 9207); the tokens go to the secret store and nowhere else. Throws
 * `upstream.authorization_invalid`, recorded, or whatever keeps the tokens from being got or kept.
 */
export async function finishConnection(
  context: Context,
  actor: Actor,
  answer: URLSearchParams,
): Promise<FinishedConnection> {
  requirePermission(actor, 'upstreams.connect');
  if (actor.kind !== 'person') throw new AppError('person.sign_in_required');
  const taken = await takeAuthorization(context, answer);
  try {
    requireSameBrowser(context, taken, actor);
    const live = context.upstreams.find(taken.upstream);
    if (live === undefined) throw new AppError('upstream.not_found');
    const credential = requireUserCredential(live);
    const secrets = underWay.parse(
      JSON.parse(context.masterKey.open(taken.sealed, sealPurpose(taken.state_digest))),
    );
    const at = await openIssuerClient(context.credentials.connections, live, credential, secrets);
    if (at.server.issuer !== taken.issuer || (at.resource ?? null) !== secrets.resource)
      throw invalid('the upstream has another issuer now');
    const response = await redeem(context, at, answer, secrets);
    const row = await keepConnection(context, actor, { at, credential, taken, secrets, response });
    lookAtTools(context, actor, live);
    return { id: row.id, upstream: row.upstream };
  } catch (thrown) {
    await recordRefusal(context, actor, taken, toAppError(thrown));
    throw thrown;
  }
}

/** A link that ends somebody else's beginning would put one person's account into another's hands. */
function requireSameBrowser(
  context: Context,
  taken: TakenAuthorization,
  actor: Actor & { readonly kind: 'person' },
): void {
  if (taken.expires_at <= context.platform.now()) throw invalid('it came too late');
  if (taken.person_id !== actor.person || taken.session_id !== actor.session)
    throw invalid('another browser asked for it');
}

async function redeem(
  context: Context,
  at: IssuerClient,
  answer: URLSearchParams,
  secrets: UnderWay,
): Promise<GivenTokens> {
  const parameters = readAnswer(at, answer);
  const { publicUrl } = context.credentials.connections;
  const bindingKey =
    secrets.bindingJwk === undefined ? undefined : await importBindingKey(secrets.bindingJwk);
  const response = await requestToken(at, {
    bindingKey,
    send: (options) =>
      oauth.authorizationCodeGrantRequest(
        at.server,
        at.client,
        at.authenticate,
        parameters,
        `${publicUrl}${callbackPath}`,
        secrets.verifier,
        {
          ...options,
          ...(at.resource === undefined ? {} : { additionalParameters: { resource: at.resource } }),
        },
      ),
    read: (given) => oauth.processAuthorizationCodeResponse(at.server, at.client, given),
  });
  return { ...response, isBound: bindingKey !== undefined };
}

/** `state` was looked up, so it is right; what is left is the issuer's name and what it says. */
function readAnswer(at: IssuerClient, answer: URLSearchParams): URLSearchParams {
  try {
    return oauth.validateAuthResponse(at.server, at.client, answer, answer.get('state') ?? '');
  } catch (thrown) {
    if (thrown instanceof oauth.AuthorizationResponseError) {
      const code = /^[a-z_]{1,40}$/.test(thrown.error) ? thrown.error : 'an error';
      throw invalid(`its issuer answered ${code}`);
    }
    throw invalid('it is not of the issuer that was asked');
  }
}

async function recordRefusal(
  context: Context,
  actor: Actor,
  taken: TakenAuthorization,
  error: AppError,
): Promise<void> {
  const { platform, store, log } = context;
  try {
    await store.append([
      {
        id: platform.newId('rec'),
        kind: 'upstream.connection_refused',
        at: platform.now(),
        causes: [],
        person: taken.person_id,
        upstream: taken.upstream,
        body: {
          by: nameActor(actor),
          issuer: taken.issuer,
          code: error.code,
          ...(error.detail === undefined ? {} : { detail: error.detail }),
        },
      },
    ]);
  } catch {
    log.error({ upstream: taken.upstream, code: error.code }, 'a refused connection could not be recorded');
  }
}

/** The first one to connect makes the tools visible: pinned for an administrator, who may add them, held for anyone else. */
function lookAtTools(context: Context, actor: Actor, live: LiveUpstream): void {
  if (live.tools()[Symbol.iterator]().next().done !== true) return;
  const by: Actor = hasPermission(actor, 'upstreams.change') ? actor : { kind: 'system', part: 'upstreams' };
  refreshTools(context, by, { upstream: live.name }).catch((thrown: unknown) => {
    const { code, detail } = toAppError(thrown);
    context.log.warn({ upstream: live.name, code, detail }, 'the tools could not be looked at');
  });
}

function invalid(detail: string): AppError {
  return new AppError('upstream.authorization_invalid', { detail });
}
