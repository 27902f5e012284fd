import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { ClientMetadata } from './client-metadata.ts';
import type { ClientRow } from './client-view.ts';

export interface NewClient {
  readonly kind: 'registered' | 'dynamic';
  readonly metadata: ClientMetadata;
  readonly by: string;
  readonly identityDigest: string | null;
  readonly managementDigest: string | null;
}

export async function saveClient(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  client: NewClient,
): Promise<ClientRow> {
  const { kind, metadata, by } = client;
  const row: ClientRow = {
    id: context.platform.newId('clt'),
    kind,
    metadata: JSON.stringify(metadata),
    identity_digest: client.identityDigest,
    management_digest: client.managementDigest,
    created_by: by,
    created_at: context.platform.now(),
    used_at: null,
  };
  await tx.sql.insertInto('clients').values(row).execute();
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'token.client_registered',
    at: row.created_at,
    causes: [],
    body: {
      by,
      client: row.id,
      registration: kind,
      name: metadata.name,
      redirectUris: metadata.redirectUris,
      authMethod: metadata.authMethod,
    },
  });
  return row;
}
