import { createHash } from 'node:crypto';
import { AppError, toAppError } from '@countersign/api';
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import type { Issuer } from '../credentials/find-issuer.ts';
import { exchangeGrant } from '../credentials/issue-token-exchange.ts';
import { type ClientIdentity, describeFetch, explainIssuer } from '../credentials/issuer-client.ts';
import { callbackPath, clientDocumentPath, describeClient } from './client-document.ts';
import type { ConnectionParts, UserCredential } from './connection-parts.ts';

const stored = z.strictObject({
  issuer: z.string(),
  redirectUri: z.string(),
  clientId: z.string().min(1).max(4096),
  clientSecret: z.string().min(1).max(4096).optional(),
  /** Epoch milliseconds; 0 for a client that never ends (RFC 7591, section 3.2.1). */
  expiresAt: z.number().nonnegative(),
});

/**
 * Who this server is at an authorization server, in the order of MCP's authorization: registered by hand, by its
 * metadata document, or dynamically, once. Throws `upstream.connection_unsupported` when it cannot be known there.
 */
export async function findClient(
  parts: ConnectionParts,
  upstream: string,
  credential: UserCredential,
  { server }: Issuer,
): Promise<ClientIdentity> {
  if (credential.clientId !== undefined) return { clientId: credential.clientId };
  // Nobody outside can read a document that is not on https (client ID metadata document, section 3).
  const isReadable = parts.publicUrl.startsWith('https:');
  if (server.client_id_metadata_document_supported === true && isReadable)
    return { clientId: `${parts.publicUrl}${clientDocumentPath}` };
  if (server.registration_endpoint === undefined) {
    throw new AppError('upstream.connection_unsupported', {
      detail: 'its issuer registers no clients by itself; register one and give its clientId',
    });
  }
  return (
    (await readRegistered(parts, upstream, server.issuer)) ?? register(parts, upstream, credential, server)
  );
}

async function readRegistered(
  parts: ConnectionParts,
  upstream: string,
  issuer: string,
): Promise<ClientIdentity | undefined> {
  try {
    const { value } = await parts.secrets.get(nameClient(upstream, issuer));
    const known = stored.parse(JSON.parse(value));
    const isOurs = known.issuer === issuer && known.redirectUri === `${parts.publicUrl}${callbackPath}`;
    const isOver = known.expiresAt !== 0 && known.expiresAt <= parts.platform.now();
    return isOurs && !isOver ? pickIdentity(known) : undefined;
  } catch (thrown) {
    const { code } = toAppError(thrown);
    if (code === 'secret.not_found' || code === 'server.internal') return undefined;
    throw thrown;
  }
}

/** RFC 7591; what it gives is a secret, and kept as one. */
async function register(
  parts: ConnectionParts,
  upstream: string,
  credential: UserCredential,
  server: oauth.AuthorizationServer,
): Promise<ClientIdentity> {
  const allowPrivate = credential.allowPrivate === true;
  const at = { server, fetch: parts.fetch(allowPrivate), allowPrivate };
  const { client_id: _, ...described } = describeClient(parts.publicUrl);
  const exchanges = server.grant_types_supported?.includes(exchangeGrant) === true;
  const metadata = {
    ...described,
    grant_types: exchanges ? [...described.grant_types, exchangeGrant] : described.grant_types,
  };
  let given: Awaited<ReturnType<typeof oauth.processDynamicClientRegistrationResponse>>;
  try {
    given = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(server, metadata, describeFetch(at)),
    );
  } catch (thrown) {
    throw explainIssuer(at, thrown);
  }
  const { client_id: clientId, client_secret: clientSecret, client_secret_expires_at: ends } = given;
  const client = stored.parse({
    issuer: server.issuer,
    redirectUri: `${parts.publicUrl}${callbackPath}`,
    clientId,
    expiresAt: typeof ends === 'number' ? ends * 1000 : 0,
    ...(typeof clientSecret === 'string' ? { clientSecret } : {}),
  });
  await parts.secrets.set(nameClient(upstream, server.issuer), JSON.stringify(client));
  return pickIdentity(client);
}

function pickIdentity({ clientId, clientSecret }: z.infer<typeof stored>): ClientIdentity {
  return { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) };
}

function nameClient(upstream: string, issuer: string): string {
  const digest = createHash('sha256').update(`${upstream} ${issuer}`).digest('hex');
  return `connection-client-${digest.slice(0, 32)}`;
}
