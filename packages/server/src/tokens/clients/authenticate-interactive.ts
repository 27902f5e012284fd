import type { KeyObject } from 'node:crypto';
import { AppError } from '@countersign/api';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Context } from '../../context.ts';
import type { AuthenticatedClient } from '../authenticate-client.ts';
import { isAlgorithmOf, type PublicJwk, thumbprintOf, toPublicKey } from '../public-jwk.ts';
import type { TokenParameters } from '../token-parameters.ts';
import { verifyClientAssertion } from '../verify-client-assertion.ts';
import { findClient, type InteractiveClient, isClientId } from './find-client.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type InteractiveContext = Pick<Context, 'config' | 'platform' | 'store' | 'tokens'>;

/** The interactive client that an unverified, hostile request says it comes from; undefined when it names none. */
export function findClaimedClient(parameters: TokenParameters): string | undefined {
  const named = parameters.take('client_id') ?? readSubject(parameters.take('client_assertion'));
  return named !== undefined && isClientId(named) ? named : undefined;
}

/**
 * A public client (RFC 6749 §2.1) says its name and proves nothing; one with keys proves itself with `private_key_jwt`.
 * Which of both is for its metadata to say, never for the request. Throws `token.client_unknown`,
 * `token.client_assertion_invalid`.
 */
export async function authenticateInteractive(
  context: InteractiveContext,
  clientId: string,
  parameters: TokenParameters,
): Promise<AuthenticatedClient> {
  const client = await findClient(context, clientId);
  if (client.authMethod === 'private_key_jwt') await verifyByKeys(context, client, parameters);
  else if (parameters.take('client_assertion') !== undefined) throw new AppError('token.client_unknown');
  const notAfter = Number.POSITIVE_INFINITY;
  return { clientId, agent: null, registeredKey: null, workload: null, notAfter };
}

async function verifyByKeys(
  context: InteractiveContext,
  client: InteractiveClient,
  parameters: TokenParameters,
): Promise<void> {
  const assertion = parameters.take('client_assertion');
  if (assertion === undefined || parameters.take('client_assertion_type') !== assertionType) throw refuse();
  const keys =
    client.jwksUri === null ? client.keys : await context.tokens.documents.readKeys(client.jwksUri);
  for (const jwk of chooseKeys(keys, assertion)) {
    const key = importKey(jwk);
    const jti = key && (await verifyClientAssertion(context, { assertion, clientId: client.id, key }));
    if (jti === undefined) continue;
    if (!(await context.tokens.assertions.use(`${client.id}.${jti}`))) throw refuse();
    return;
  }
  throw refuse();
}

/** Keys inside the assertion are never used. `kid` is whatever the client calls its key, so it decides nothing here. */
function chooseKeys(keys: readonly PublicJwk[], assertion: string): readonly PublicJwk[] {
  try {
    const header = decodeProtectedHeader(assertion);
    if (['jwk', 'jku', 'x5u', 'x5c', 'crit'].some((member) => Object.hasOwn(header, member))) return [];
    const byThumbprint = new Map(keys.map((jwk) => [thumbprintOf(jwk), jwk]));
    return [...byThumbprint.values()].filter((jwk) => isAlgorithmOf(jwk, header.alg)).slice(0, 4);
  } catch {
    return [];
  }
}

function importKey(jwk: PublicJwk): KeyObject | undefined {
  try {
    return toPublicKey(jwk);
  } catch {
    // A point that is not on its curve.
    return undefined;
  }
}

function readSubject(assertion: string | undefined): string | undefined {
  if (assertion === undefined || assertion.length > 4096) return undefined;
  try {
    return decodeJwt(assertion).sub;
  } catch {
    return undefined;
  }
}

function refuse(): AppError {
  return new AppError('token.client_assertion_invalid');
}
