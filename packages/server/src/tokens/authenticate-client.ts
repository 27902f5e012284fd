import type { KeyObject } from 'node:crypto';
import { AppError, toAppError } from '@countersign/api';
import { isId } from '@countersign/core';
import { type AgentFacts, isKeyValid } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { authenticateByCertificate } from './certificates/authenticate-by-certificate.ts';
import type { ClientCertificate } from './certificates/client-certificate.ts';
import { authenticateInteractive, findClaimedClient } from './clients/authenticate-interactive.ts';
import { decodeJsonSegment, splitCompactJws } from './compact-jws.ts';
import { parsePublicJwk, toPublicKey } from './public-jwk.ts';
import type { TokenBinding } from './token-binding.ts';
import type { TokenParameters } from './token-parameters.ts';
import { verifyClientAssertion } from './verify-client-assertion.ts';
import { authenticateWorkload } from './workloads/authenticate-workload.ts';
import { readWorkloadAssertion } from './workloads/read-workload-assertion.ts';

/** Who asks the token endpoint, proven as far as its kind of client can. */
export interface AuthenticatedClient {
  readonly clientId: string;
  /** The agent it is; null for an interactive client, whose agent the grant finds. */
  readonly agent: AgentFacts | null;
  /** Thumbprint of the agent's registered key that authenticated; null when something else did. */
  readonly registeredKey: string | null;
  /** The workload identity that authenticated, if one did. */
  readonly workload: string | null;
  /** Epoch milliseconds from which what authenticated it is worth nothing. */
  readonly notAfter: number;
  /** What its platform said of a workload; for the record. */
  readonly evidence?: Readonly<Record<string, string>>;
}

/** The agent the client is. Throws `token.client_assertion_invalid` for a client that proved to be none. */
export function requireAgent(client: AuthenticatedClient): AgentFacts {
  if (client.agent === null) throw refuse();
  return client.agent;
}

type ClientContext = Pick<Context, 'agents' | 'config' | 'platform' | 'store' | 'tokens' | 'workloads'>;

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const maxAssertionLength = 4096;
const maxKeysTried = 4;
/** RFC 7523bis names the first; clients of before it send the second or none. A DPoP proof or token is never one of them. */
const assertionTypes = [undefined, 'client-authentication+jwt', 'jwt'];

/** Finds out how the client authenticates itself (RFC 6749 §2.3: one way only) and checks it. */
export async function authenticateClient(
  context: ClientContext,
  presented: {
    readonly parameters: TokenParameters;
    readonly authorization: readonly string[];
    /** Of the connection; it authenticates only a client that shows nothing else. */
    readonly certificate?: ClientCertificate | undefined;
    /** What the request proves possession of; a workload is nobody without. */
    readonly binding?: TokenBinding;
  },
): Promise<AuthenticatedClient> {
  const { parameters, authorization, certificate, binding = { kind: 'none' } } = presented;
  if (authorization.length > 0 || parameters.take('client_secret') !== undefined) {
    throw new AppError('token.client_assertion_invalid', { detail: 'only private_key_jwt is accepted' });
  }
  const interactive = findClaimedClient(parameters);
  if (interactive !== undefined) return authenticateInteractive(context, interactive, parameters);
  const workload = readWorkloadAssertion(context, parameters);
  if (workload !== undefined) return authenticateWorkload(context, workload, binding);
  const assertion = parameters.take('client_assertion');
  const clientId = parameters.take('client_id');
  if (assertion === undefined && certificate !== undefined && isId('agt', clientId)) {
    return authenticateByCertificate(context, clientId, certificate);
  }
  if (parameters.take('client_assertion_type') !== assertionType || assertion === undefined) {
    throw new AppError('token.client_assertion_invalid', {
      detail: 'client_assertion or its type is missing',
    });
  }
  return authenticateByKey(context, parameters, assertion);
}

/**
 * `private_key_jwt` (RFC 7523 §3 with RFC 7523bis' audience rule): the issuer is the sole audience, `iss` = `sub` = client,
 * at most 5 minutes long, used once. Every failure is the same `token.client_assertion_invalid`, so that nobody learns
 * which agents exist.
 */
async function authenticateByKey(
  context: ClientContext,
  parameters: TokenParameters,
  assertion: string,
): Promise<AuthenticatedClient> {
  const agent = await findClaimedAgent(context, parameters);
  if (agent === undefined) throw refuse();
  const now = context.platform.now();
  for (const thumbprint of chooseKeys(agent, assertion, now)) {
    const key = await importKey(context, thumbprint);
    const jti = key && (await verifyClientAssertion(context, { assertion, clientId: agent.id, key }));
    if (jti === undefined) continue;
    if (!(await context.tokens.assertions.use(`${agent.id}.${jti}`))) throw refuse();
    const notAfter = agent.keys.get(thumbprint) ?? Number.POSITIVE_INFINITY;
    return { clientId: agent.id, agent, registeredKey: thumbprint, workload: null, notAfter };
  }
  throw refuse();
}

/** The agent, if known here, that an unverified, hostile request says it comes from. */
export async function findClaimedAgent(
  context: Pick<Context, 'agents'>,
  parameters: TokenParameters,
): Promise<AgentFacts | undefined> {
  const assertion = parameters.take('client_assertion');
  if (assertion === undefined || assertion.length > maxAssertionLength) return undefined;
  const jws = splitCompactJws(assertion, maxAssertionLength);
  const subject = jws && decodeJsonSegment(jws.payloadSegment)?.sub;
  if (!isId('agt', subject) || (parameters.take('client_id') ?? subject) !== subject) return undefined;
  try {
    return await context.agents.get(subject);
  } catch (thrown) {
    if (toAppError(thrown).code === 'agent.not_found') return undefined;
    throw thrown;
  }
}

/** Thumbprints of the agent's keys valid now; `kid`, when it is one, picks it. Keys inside the assertion are never used. */
function chooseKeys(agent: AgentFacts, assertion: string, now: number): readonly string[] {
  const header = decodeJsonSegment(assertion.slice(0, assertion.indexOf('.')));
  if (header === undefined) return [];
  const { typ } = header;
  if (typ !== undefined && typeof typ !== 'string') return [];
  if (['jwk', 'jku', 'x5u', 'x5c', 'crit'].some((member) => Object.hasOwn(header, member))) return [];
  if (!assertionTypes.includes(typ?.toLowerCase())) return [];
  const valid = [...agent.keys.keys()].filter((thumbprint) => isKeyValid(agent, thumbprint, now));
  const named = valid.filter((thumbprint) => thumbprint === header.kid);
  return (named.length > 0 ? named : valid).slice(0, maxKeysTried);
}

/** A thumbprint never stands for another key, so what was imported once stays right. */
async function importKey(context: ClientContext, thumbprint: string): Promise<KeyObject | undefined> {
  const known = context.tokens.clientKeys.get(thumbprint);
  if (known) return known;
  const stored = context.store.sql
    .selectFrom('agent_keys')
    .select('jwk')
    .where('thumbprint', '=', thumbprint);
  const row = await stored.executeTakeFirst();
  const jwk = row && parsePublicJwk(JSON.parse(row.jwk));
  if (!jwk) return undefined;
  const key = toPublicKey(jwk);
  context.tokens.clientKeys.set(thumbprint, key);
  return key;
}

function refuse(): AppError {
  return new AppError('token.client_assertion_invalid');
}
