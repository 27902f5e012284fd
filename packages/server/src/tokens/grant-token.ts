import { AppError, type ErrorCode, toAppError } from '@countersign/api';
import type { AgentFacts } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { type AuthenticatedClient, authenticateClient, findClaimedAgent } from './authenticate-client.ts';
import { type ClientCertificate, requireInTime } from './certificates/client-certificate.ts';
import {
  authenticateEnforcementPoint,
  findClaimedEnforcementPoint,
  issueDecideToken,
} from './enforcement-points/index.ts';
import { isForIdJag, issueIdJag } from './exchange/issue-id-jag.ts';
import { type Claim, isFailure } from './failure-limit.ts';
import { grants } from './grants/list-grants.ts';
import { type IssuedToken, issueToken } from './issue-token.ts';
import { readClaim } from './read-claim.ts';
import type { TokenBinding } from './token-binding.ts';
import type { Grant, TokenGrant } from './token-grant.ts';
import { readTokenParameters, type TokenParameters } from './token-parameters.ts';

/** A request to the token endpoint exactly as it arrived; hostile. */
export interface PresentedTokenRequest {
  readonly body: Uint8Array;
  readonly dpop: readonly string[];
  readonly authorization: readonly string[];
  /** Of the connection the request came over. */
  readonly certificate?: ClientCertificate | undefined;
  /** Where it came from, for the limit on failures. */
  readonly address?: string | undefined;
}

/**
 * Issues one access token, bound to the key whose possession the request proves (RFC 9449 §5). Its record is durable
 * before it is returned. Every refusal is recorded but the demand for a nonce and the wait for a person. Throws `AppError`s only.
 */
export async function grantToken(context: Context, presented: PresentedTokenRequest): Promise<IssuedToken> {
  let parameters: TokenParameters | undefined;
  let client: AuthenticatedClient | undefined;
  let claim: Claim = { address: presented.address, client: '' };
  try {
    parameters = readTokenParameters(presented.body);
    claim = readClaim(presented, parameters);
    // Before anything that costs a signature.
    context.tokens.failures.check(claim);
    const grant = findGrant(parameters);
    // The proof comes first: the demand for a nonce must not use up the client's assertion.
    const binding = await proveBinding(context, presented);
    const claimed = findClaimedEnforcementPoint(parameters);
    if (claimed !== undefined && presented.authorization.length === 0) {
      const { certificate } = presented;
      const point = await authenticateEnforcementPoint(context, claimed, { parameters, certificate });
      context.tokens.failures.succeeded(claim);
      return await issueDecideToken(context, { point, binding, parameters });
    }
    client = await authenticateClient(context, {
      parameters,
      authorization: presented.authorization,
      certificate: presented.certificate,
      binding,
    });
    context.tokens.failures.succeeded(claim);
    requireAllowed(grant, client);
    requireBound(context, client, binding);
    if (client.agent !== null) {
      requireActive(client.agent);
      // Before a default task is opened, and again for what the task's chain adds.
      checkStops(context, client.agent, { task: null, chain: [] });
    }
    if (client.agent !== null && isForIdJag(parameters))
      return await issueIdJag(context, { client, binding, parameters });
    const granted = await grant.grant(context, { client, binding, parameters });
    const agent = client.agent ?? (await context.agents.get(granted.agentId));
    // A grant for another agent than the one that authenticated would be a confused deputy.
    if (agent.id !== granted.agentId) throw new AppError('token.grant_invalid');
    requireActive(agent);
    checkStops(context, agent, granted);
    const issued = await issueToken(context, { client, agent, binding, grant: granted });
    const { address } = presented;
    const key = client.registeredKey ?? '';
    if (address !== undefined) context.agents.places.note(agent.id, { address, key }, context.platform.now());
    return issued;
  } catch (thrown) {
    const error = toAppError(thrown);
    if (client === undefined && isFailure(error)) context.tokens.failures.failed(claim);
    if (!unrecorded.has(error.code)) {
      await context.tokens.refusals.record({
        reason: error.code,
        ...(error.cause instanceof AppError ? { because: error.cause.code } : {}),
        ...(await identify(context, parameters, client)),
      });
    }
    throw error;
  }
}

/** Part of how it goes: a client that has nothing yet, or waits for a person. How often it came is in the record of the issue. */
const unrecorded: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'token.authorization_pending',
  'token.proof_nonce_needed',
  'token.slow_down',
]);

function findGrant(parameters: TokenParameters): Grant {
  const type = parameters.require('grant_type');
  const grant = grants.find((one) => one.type === type);
  if (grant === undefined) throw new AppError('token.grant_unsupported');
  return grant;
}

/** A grant for agents rests on who the agent is, one for interactive clients on a person's consent: neither is the other. */
function requireAllowed(grant: Grant, client: AuthenticatedClient): void {
  const kind = client.agent === null ? 'interactive' : 'agents';
  if (grant.clients !== 'all' && grant.clients !== kind) throw new AppError('token.grant_not_allowed');
}

/** What the token will be bound to: the key of a proof; else the certificate of the connection; else nothing. */
async function proveBinding(
  context: Context,
  { dpop, certificate }: PresentedTokenRequest,
): Promise<TokenBinding> {
  const [proof, ...others] = dpop;
  if (others.length > 0) {
    throw new AppError('token.proof_invalid', { detail: 'exactly one DPoP header is needed' });
  }
  if (proof === undefined) {
    if (certificate === undefined) return { kind: 'none' };
    requireInTime(certificate, context.platform.now(), context.config.tokens.clockSkewSeconds);
    return { kind: 'mtls', x5t: certificate.x5t };
  }
  const target = { method: 'POST', url: `${context.tokens.issuer}/oauth/token` };
  return { kind: 'dpop', jkt: await context.tokens.proofs.verify(proof, target) };
}

/** Only a client that people use, and only where the configuration lets it, may do without proof of possession. */
function requireBound(context: Context, client: AuthenticatedClient, binding: TokenBinding): void {
  if (binding.kind !== 'none') return;
  if (client.agent !== null || context.config.tokens.unbound === 'refuse') {
    throw new AppError('token.proof_invalid', { detail: 'a DPoP proof or a client certificate is needed' });
  }
}

function requireActive(agent: AgentFacts): void {
  if (agent.state !== 'active') throw new AppError('agent.not_active');
}

function checkStops(
  context: Context,
  agent: AgentFacts,
  { task, chain, through }: Pick<TokenGrant, 'task' | 'chain' | 'through'>,
): void {
  const scopes = { agent: agent.id, owner: agent.ownerId, task: task ?? '', chain };
  const standing = through === undefined ? {} : { through };
  context.stops.check({ ...scopes, ...standing, action: '', upstream: '', tool: '' });
}

/** Who asked: proven, or named in an unproven request and known here. */
async function identify(
  context: Context,
  parameters: TokenParameters | undefined,
  client: AuthenticatedClient | undefined,
): Promise<{ authenticated: boolean; agent?: string; client?: string; registeredKey?: string }> {
  if (client?.agent) {
    const key = client.registeredKey === null ? {} : { registeredKey: client.registeredKey };
    return { authenticated: true, agent: client.agent.id, ...key };
  }
  if (client !== undefined) return { authenticated: false, client: client.clientId };
  const claimed = parameters && (await findClaimedAgent(context, parameters).catch(() => undefined));
  return claimed ? { authenticated: false, agent: claimed.id } : { authenticated: false };
}
