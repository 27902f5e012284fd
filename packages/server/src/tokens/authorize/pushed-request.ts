import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import { authenticateClient } from '../authenticate-client.ts';
import type { ClientCertificate } from '../certificates/client-certificate.ts';
import { findClient } from '../clients/find-client.ts';
import type { TokenParameters } from '../token-parameters.ts';
import { type AuthorizationRequest, readAuthorizationRequest } from './authorization-request.ts';
import { requireRedirectUri } from './resolve-request.ts';

const prefix = 'urn:ietf:params:oauth:request_uri:';
const lifetimeSeconds = 300;
const mostOfClient = 200;
const mostOfAll = 10_000;

export interface PushedRequest {
  readonly requestUri: string;
  readonly expiresInSeconds: number;
}

/** RFC 9126 §2: keeps a request whose client authenticated itself. Throws what the authorization endpoint would refuse. */
export async function pushRequest(
  context: Context,
  presented: {
    readonly parameters: TokenParameters;
    readonly authorization: readonly string[];
    readonly certificate?: ClientCertificate | undefined;
    /** Thumbprint of a proof that came along (RFC 9449 §10.1). */
    readonly provenJkt: string | null;
  },
): Promise<PushedRequest> {
  const { parameters, provenJkt } = presented;
  const { clientId, agent } = await authenticateClient(context, presented);
  if (agent !== null) throw new AppError('token.grant_not_allowed');
  if (parameters.take('request_uri') !== undefined) {
    throw new AppError('token.request_invalid', { detail: 'request_uri' });
  }
  const client = await findClient(context, clientId);
  const redirectUri = requireRedirectUri(client, parameters.take('redirect_uri'));
  const given = { clientId, redirectUri, issuer: context.tokens.issuer };
  const request = readAuthorizationRequest(parameters, given);
  if (provenJkt !== null && request.dpopJkt !== null && provenJkt !== request.dpopJkt) {
    throw new AppError('token.proof_invalid', { detail: 'dpop_jkt names another key' });
  }
  const requestUri = `${prefix}${Buffer.from(context.platform.randomBytes(32)).toString('base64url')}`;
  await save(context, requestUri, { ...request, dpopJkt: request.dpopJkt ?? provenJkt });
  return { requestUri, expiresInSeconds: lifetimeSeconds };
}

function save(
  context: Pick<Context, 'platform' | 'store'>,
  requestUri: string,
  request: AuthorizationRequest,
): Promise<void> {
  const now = context.platform.now();
  return context.store.transaction(async (tx) => {
    await tx.sql.deleteFrom('pushed_requests').where('expires_at', '<=', now).execute();
    const { all, own } = await tx.sql
      .selectFrom('pushed_requests')
      .select((select) => select.fn.countAll<number>().as('all'))
      .select((select) =>
        select.fn.countAll<number>().filterWhere('client_id', '=', request.clientId).as('own'),
      )
      .executeTakeFirstOrThrow();
    if (Number(own) >= mostOfClient || Number(all) >= mostOfAll) {
      throw new AppError('server.rate_limited', { detail: 'pushed authorization requests' });
    }
    await tx.sql
      .insertInto('pushed_requests')
      .values({
        digest: digestRequestUri(requestUri),
        client_id: request.clientId,
        parameters: JSON.stringify(request),
        expires_at: now + lifetimeSeconds * 1000,
      })
      .execute();
  });
}

/** Throws `token.request_uri_invalid` for one that is unknown, expired, used, or another client's: all look the same. */
export async function loadPushedRequest(
  context: Pick<Context, 'platform' | 'store'>,
  clientId: string,
  requestUri: string,
): Promise<AuthorizationRequest> {
  const row = await context.store.sql
    .selectFrom('pushed_requests')
    .select('parameters')
    .where('digest', '=', digestRequestUri(requestUri))
    .where('client_id', '=', clientId)
    .where('expires_at', '>', context.platform.now())
    .executeTakeFirst();
  if (row === undefined) throw new AppError('token.request_uri_invalid');
  return JSON.parse(row.parameters) as AuthorizationRequest;
}

export function digestRequestUri(requestUri: string): string {
  return sha256(requestUri);
}
