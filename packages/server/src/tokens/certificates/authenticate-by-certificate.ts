import { AppError, toAppError } from '@countersign/api';
import { isId } from '@countersign/core';
import { type AgentFacts, isKeyValid } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import type { AuthenticatedClient } from '../authenticate-client.ts';
import { type ClientCertificate, requireInTime } from './client-certificate.ts';

type CertificateContext = Pick<Context, 'agents' | 'config' | 'platform'>;

/**
 * `self_signed_tls_client_auth` (RFC 8705 §2.2): the certificate's key is one the agent has registered and is in force.
 * No new trust: whoever has that key could as well have signed an assertion. Throws the one
 * `token.client_assertion_invalid`, whatever is wrong.
 */
export async function authenticateByCertificate(
  context: CertificateContext,
  clientId: string,
  certificate: ClientCertificate,
): Promise<AuthenticatedClient> {
  const agent = await findAgent(context, clientId);
  const { keyThumbprint } = certificate;
  const now = context.platform.now();
  if (agent === undefined || keyThumbprint === null || !isKeyValid(agent, keyThumbprint, now)) throw refuse();
  try {
    requireInTime(certificate, now, context.config.tokens.clockSkewSeconds);
  } catch {
    throw refuse();
  }
  const notAfter = agent.keys.get(keyThumbprint) ?? Number.POSITIVE_INFINITY;
  return { clientId: agent.id, agent, registeredKey: keyThumbprint, workload: null, notAfter };
}

async function findAgent(context: CertificateContext, clientId: string): Promise<AgentFacts | undefined> {
  if (!isId('agt', clientId)) return undefined;
  try {
    return await context.agents.get(clientId);
  } catch (thrown) {
    if (toAppError(thrown).code === 'agent.not_found') return undefined;
    throw thrown;
  }
}

function refuse(): AppError {
  return new AppError('token.client_assertion_invalid');
}
