import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { readClientMetadata } from './client-metadata.ts';
import { type ClientView, showClient } from './client-view.ts';
import { saveClient } from './save-client.ts';

export const addClientInput = z.strictObject({
  name: plainLine(100),
  redirectUris: z.array(z.string().max(1024)).min(1).max(16),
  /** Public JWKs of a client that can keep a key: it must prove itself with `private_key_jwt`. */
  keys: z.array(z.unknown()).max(8).default([]),
  /** Gets no token that is not bound to a DPoP key. */
  dpopBound: z.boolean().default(false),
});

/** Registers an application by an administrator's word. Throws `token.client_metadata_invalid`, `token.redirect_refused`. */
export async function addClient(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: unknown,
): Promise<ClientView> {
  requirePermission(actor, 'tokens.change_clients');
  const { name, redirectUris, keys, dpopBound } = addClientInput.parse(input);
  // Read like a client's own words, so that one set of rules holds.
  const document = {
    client_name: name,
    redirect_uris: redirectUris,
    dpop_bound_access_tokens: dpopBound,
    token_endpoint_auth_method: keys.length === 0 ? 'none' : 'private_key_jwt',
    ...(keys.length === 0 ? {} : { jwks: { keys } }),
  };
  const metadata = readClientMetadata(JSON.parse(JSON.stringify(document)), { unnamed: name });
  return context.store.transaction(async (tx) => {
    const row = await saveClient(context, tx, {
      kind: 'registered',
      metadata,
      by: nameActor(actor),
      identityDigest: null,
      managementDigest: null,
    });
    return showClient(row);
  });
}
