import { AppError } from '@countersign/api';
import type * as oauth from 'oauth4webapi';
import type { Context } from '../../context.ts';
import { type Actor, nameActor } from '../../people/index.ts';
import { readExpiry, readToken } from '../credentials/issue-parts.ts';
import type { IssuerClient } from '../credentials/issuer-client.ts';
import type { UnderWay } from './begin-connection.ts';
import type { ConnectionRow, UserCredential } from './connection-parts.ts';
import { discardTokens, recordEnd } from './end-connection.ts';
import { type HeldTokens, saveHeldTokens } from './held-tokens.ts';
import type { TakenAuthorization } from './take-authorization.ts';

export type GivenTokens = oauth.TokenEndpointResponse & { readonly isBound: boolean };

export interface Kept {
  readonly at: IssuerClient;
  readonly credential: UserCredential;
  readonly taken: TakenAuthorization;
  readonly secrets: UnderWay;
  readonly response: GivenTokens;
}

/** Stores the tokens, then the connection, in the place of the person's last one. Nothing stays of what could not be stored. */
export async function keepConnection(context: Context, actor: Actor, kept: Kept): Promise<ConnectionRow> {
  const { at, credential, taken, secrets, response } = kept;
  const { platform } = context;
  const parts = context.credentials.connections;
  const row: ConnectionRow = {
    id: platform.newId('ucn'),
    upstream: taken.upstream,
    person_id: taken.person_id,
    issuer: taken.issuer,
    resource: secrets.resource,
    client_id: secrets.clientId,
    scopes: JSON.stringify(response.scope?.split(' ').slice(0, 64) ?? credential.scopes ?? []),
    is_bound: response.isBound ? 1 : 0,
    made_record: platform.newId('rec'),
    created_at: platform.now(),
    refreshed_at: null,
    ended_at: null,
    end_reason: null,
  };
  await saveHeldTokens(parts.secrets, describeTokens(row, at, kept, platform.now()));
  try {
    const replaced = await saveRow(context, actor, row);
    if (replaced !== undefined) {
      parts.forgetConnection(replaced);
      await discardTokens(parts, replaced);
    }
    return row;
  } catch (thrown) {
    await discardTokens(parts, row);
    throw thrown;
  }
}

function describeTokens(
  row: ConnectionRow,
  { server }: IssuerClient,
  { credential, secrets, response }: Kept,
  now: number,
): HeldTokens {
  const { clientId, clientSecret, bindingJwk } = secrets;
  const { revocation_endpoint: revocationEndpoint, token_endpoint_auth_methods_supported: authMethods } =
    server;
  return {
    connection: row.id,
    person: row.person_id,
    upstream: row.upstream,
    issuer: row.issuer,
    clientId,
    credential,
    accessToken: readToken(response, response.isBound),
    expiresAt: readExpiry(response.expires_in, now),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(revocationEndpoint === undefined ? {} : { revocationEndpoint }),
    ...(authMethods === undefined ? {} : { authMethods: authMethods.slice(0, 16) }),
    ...(response.refresh_token === undefined ? {} : { refreshToken: response.refresh_token }),
    ...(bindingJwk === undefined ? {} : { bindingJwk }),
  };
}

/** One live connection of a person to an upstream: a new one takes the place of the last. */
function saveRow(context: Context, actor: Actor, row: ConnectionRow): Promise<ConnectionRow | undefined> {
  const parts = context.credentials.connections;
  return context.store.transaction(async (tx) => {
    const person = await tx.sql
      .selectFrom('people')
      .select('state')
      .where('id', '=', row.person_id)
      .executeTakeFirst();
    if (person?.state !== 'active') throw new AppError('person.sign_in_required');
    const last = await tx.sql
      .selectFrom('upstream_connections')
      .selectAll()
      .where('upstream', '=', row.upstream)
      .where('person_id', '=', row.person_id)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    if (last !== undefined)
      await recordEnd(parts, tx, last, {
        reason: 'replaced',
        by: nameActor(actor),
        causes: [row.made_record],
      });
    await tx.sql.insertInto('upstream_connections').values(row).execute();
    tx.record({
      id: row.made_record,
      kind: 'upstream.connection_made',
      at: row.created_at,
      causes: [],
      person: row.person_id,
      upstream: row.upstream,
      body: {
        by: nameActor(actor),
        connection: row.id,
        issuer: row.issuer,
        resource: row.resource,
        client: row.client_id,
        scopes: JSON.parse(row.scopes),
        bound: row.is_bound === 1,
      },
    });
    return last;
  });
}
