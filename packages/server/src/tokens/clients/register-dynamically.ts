import { timingSafeEqual } from 'node:crypto';
import { AppError } from '@countersign/api';
import { canonicalJson, isId, isJsonObject, parseStrictJson } from '@countersign/core';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type ClientMetadata, readClientMetadata } from './client-metadata.ts';
import type { ClientRow } from './client-view.ts';
import { endClient } from './remove-client.ts';
import { saveClient } from './save-client.ts';

/** RFC 7591 §3.2.1, with RFC 7592 §3's members for whoever registered first. */
export interface Registration {
  readonly row: ClientRow;
  /** Opens the registration; null for a client that was registered before, which another party may look after. */
  readonly managementToken: string | null;
}

type Registering = Pick<Context, 'platform' | 'store'>;

export const maxRegistrationBytes = 8 * 1024;
const mostClients = 1000;

/**
 * Registers a client on nothing but its own word. The same redirect URIs, name and software are the same client, so that
 * one that registers at every start stays one. Throws `token.client_metadata_invalid`, `token.redirect_refused`,
 * `server.rate_limited`.
 */
export async function registerDynamically(context: Registering, body: Uint8Array): Promise<Registration> {
  const metadata = parseRegistration(body);
  const { name, redirectUris, softwareId, authMethod, keys, jwksUri, dpopBound } = metadata;
  const identity = {
    name,
    redirectUris: redirectUris.toSorted(),
    softwareId,
    authMethod,
    jwksUri,
    dpopBound,
  };
  const identityDigest = sha256(canonicalJson({ ...identity, keys: keys.map((jwk) => ({ ...jwk })) }));
  const managementToken = Buffer.from(context.platform.randomBytes(32)).toString('base64url');
  return context.store.transaction(async (tx) => {
    const known = await tx.sql
      .selectFrom('clients')
      .selectAll()
      .where('identity_digest', '=', identityDigest)
      .executeTakeFirst();
    if (known !== undefined) {
      recordLeniency(context, tx, known.id);
      return { row: known, managementToken: null };
    }
    await requireRoom(tx);
    const row = await saveClient(context, tx, {
      kind: 'dynamic',
      metadata,
      by: 'client',
      identityDigest,
      managementDigest: sha256(managementToken),
    });
    return { row, managementToken };
  });
}

/** RFC 7592 §2: the registration that this token opens. Throws `token.invalid` for anything else, deleted ones too. */
export async function findRegistration(
  context: Pick<Context, 'store'>,
  clientId: string,
  managementToken: string,
): Promise<ClientRow> {
  const row = isId('clt', clientId)
    ? await context.store.sql.selectFrom('clients').selectAll().where('id', '=', clientId).executeTakeFirst()
    : undefined;
  const expected = Buffer.from(row?.management_digest ?? sha256(''));
  const given = Buffer.from(sha256(managementToken));
  if (row === undefined || row.management_digest === null || !timingSafeEqual(given, expected)) {
    throw new AppError('token.invalid');
  }
  return row;
}

/** RFC 7592 §2.3. */
export async function deleteRegistration(
  context: Pick<Context, 'platform' | 'store' | 'stops' | 'tasks'>,
  clientId: string,
  managementToken: string,
): Promise<void> {
  await findRegistration(context, clientId, managementToken);
  await endClient(context, clientId, 'client');
}

/** Hostile: anyone may send it. */
function parseRegistration(body: Uint8Array): ClientMetadata {
  const text = Buffer.from(body).toString('utf8');
  const parsed = parseStrictJson(text, { bytes: maxRegistrationBytes, depth: 8, keys: 128 });
  if (!parsed.ok || !isJsonObject(parsed.value)) {
    throw new AppError('token.client_metadata_invalid', { detail: 'not a JSON object' });
  }
  return readClientMetadata(parsed.value, { unnamed: 'an unnamed application', replaceSecretMethods: true });
}

async function requireRoom(tx: Transaction): Promise<void> {
  const { count } = await tx.sql
    .selectFrom('clients')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('kind', '=', 'dynamic')
    .executeTakeFirstOrThrow();
  if (Number(count) >= mostClients)
    throw new AppError('server.rate_limited', { detail: 'registered clients' });
}

function recordLeniency(context: Pick<Context, 'platform'>, tx: Transaction, clientId: string): void {
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'token.leniency_used',
    at: context.platform.now(),
    causes: [],
    body: { leniency: 'registered_again', client: clientId },
  });
}
