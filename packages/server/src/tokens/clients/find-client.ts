import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Context } from '../../context.ts';
import { isClientIdUrl } from './client-id-url.ts';
import type { ClientMetadata } from './client-metadata.ts';

/** An application through which people let agents act. */
export interface InteractiveClient extends ClientMetadata {
  readonly id: string;
  /** Known by its document, by an administrator, or by its own word alone. */
  readonly kind: 'document' | 'registered' | 'dynamic';
}

/** Whether hostile text could name an interactive client; agents are named otherwise. */
export function isClientId(text: string): boolean {
  return isId('clt', text) || isClientIdUrl(text);
}

/** Throws `token.client_unknown`, `token.client_metadata_invalid`, and what fetching a document throws. */
export async function findClient(
  context: Pick<Context, 'store' | 'tokens'>,
  clientId: string,
): Promise<InteractiveClient> {
  if (isClientIdUrl(clientId)) {
    return { ...(await context.tokens.documents.readMetadata(clientId)), id: clientId, kind: 'document' };
  }
  if (!isId('clt', clientId)) throw new AppError('token.client_unknown');
  const row = await context.store.sql
    .selectFrom('clients')
    .select(['kind', 'metadata'])
    .where('id', '=', clientId)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('token.client_unknown');
  // Written by this server.
  return { ...(JSON.parse(row.metadata) as ClientMetadata), id: clientId, kind: row.kind };
}
