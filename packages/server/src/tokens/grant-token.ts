import { AppError, type LedgerRecord, toAppError } from '@countersign/api';
import type { AgentFacts } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { type AuthenticatedClient, authenticateClient, findClaimedAgent } from './authenticate-client.ts';
import { parseTokenRequest, type TokenRequest } from './parse-token-request.ts';
import { resolveGrant, type TokenGrant } from './resolve-grant.ts';
import { signAccessToken } from './sign-access-token.ts';
import type { AgentTaskDetails, TokenClaims } from './token-claims.ts';

/** A request to the token endpoint exactly as it arrived; hostile. */
export interface PresentedTokenRequest {
  readonly body: Uint8Array;
  readonly dpop: readonly string[];
  readonly authorization: readonly string[];
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly scope: string | undefined;
  readonly authorizationDetails: readonly AgentTaskDetails[] | undefined;
}

/**
 * Issues one access token bound to the proof's key (RFC 9449 §5). Its record is durable before it is returned. Every
 * refusal but the demand for a nonce is recorded. Throws `AppError`s only.
 */
export async function grantToken(context: Context, presented: PresentedTokenRequest): Promise<IssuedToken> {
  let request: TokenRequest | undefined;
  let client: AuthenticatedClient | undefined;
  try {
    if (presented.authorization.length > 0) {
      throw new AppError('token.client_assertion_invalid', { detail: 'only private_key_jwt is accepted' });
    }
    request = parseTokenRequest(presented.body, context.tokens.issuer);
    // The proof comes first: the demand for a nonce must not use up the client's assertion.
    const proofKey = await verifyRequestProof(context, presented.dpop);
    client = await authenticateClient(context, request);
    const { agent } = client;
    if (agent.state !== 'active') throw new AppError('agent.not_active');
    // Before a default task is opened, and again for what the task's chain adds.
    checkStops(context, agent, { task: null, chain: [] });
    const grant = await resolveGrant(context, agent, request.target);
    checkStops(context, agent, grant);
    return await issue(context, { client, proofKey, grant });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code !== 'token.proof_nonce_needed') {
      await context.tokens.refusals.record({
        reason: error.code,
        ...(await identify(context, request, client)),
      });
    }
    throw error;
  }
}

async function verifyRequestProof(context: Context, dpop: readonly string[]): Promise<string> {
  const [proof, ...others] = dpop;
  if (proof === undefined || others.length > 0) {
    throw new AppError('token.proof_invalid', { detail: 'exactly one DPoP header is needed' });
  }
  return context.tokens.proofs.verify(proof, { method: 'POST', url: `${context.tokens.issuer}/oauth/token` });
}

function checkStops(context: Context, agent: AgentFacts, grant: Pick<TokenGrant, 'task' | 'chain'>): void {
  const scopes = { agent: agent.id, owner: agent.ownerId, task: grant.task ?? '', chain: grant.chain };
  context.stops.check({ ...scopes, action: '', upstream: '', tool: '' });
}

async function issue(
  context: Context,
  from: { client: AuthenticatedClient; proofKey: string; grant: TokenGrant },
): Promise<IssuedToken> {
  const { proofKey, grant } = from;
  const { agent, registeredKey } = from.client;
  const issuedAt = Math.floor(context.platform.now() / 1000);
  const lifetimeEnd = issuedAt + context.config.tokens.lifetimeSeconds;
  // Never beyond the task, the delegation, or a rotated key's last moment.
  const notAfter = Math.min(grant.notAfter, agent.keys.get(registeredKey) ?? Number.POSITIVE_INFINITY);
  const expiresAt = Math.min(lifetimeEnd, Math.floor(notAfter / 1000));
  if (expiresAt <= issuedAt) throw new AppError('task.not_open');
  const details: readonly AgentTaskDetails[] | undefined =
    grant.task === null ? undefined : [{ type: 'agent_task', task: grant.task }];
  const claims: TokenClaims = {
    iss: context.tokens.issuer,
    sub: agent.id,
    client_id: agent.id,
    aud: grant.audience,
    iat: issuedAt,
    exp: expiresAt,
    jti: context.platform.newId('tok'),
    cnf: { jkt: proofKey },
    owner: agent.ownerId,
    chain: grant.chain,
    client_jkt: registeredKey,
    ...(grant.task === null ? { scope: 'tasks' } : { task: grant.task }),
    ...(details ? { authorization_details: details } : {}),
  };
  const accessToken = await signAccessToken(context.tokens.signingKeys.current(), claims);
  await context.store.append([toRecord(context, claims, grant)]);
  return {
    accessToken,
    expiresInSeconds: expiresAt - issuedAt,
    scope: claims.scope,
    authorizationDetails: details,
  };
}

function toRecord(context: Context, claims: TokenClaims, grant: TokenGrant): LedgerRecord {
  return {
    id: context.platform.newId('rec'),
    kind: 'token.issued',
    at: context.platform.now(),
    causes: grant.causes,
    agent: claims.sub,
    key: claims.client_jkt,
    ...(claims.task === undefined ? {} : { task: claims.task }),
    chain: claims.chain,
    body: {
      token: claims.jti,
      use: claims.task === undefined ? 'control' : 'task',
      defaultTask: grant.openedDefault,
      proofKey: claims.cnf.jkt,
      audience: claims.aud,
      owner: claims.owner,
      expiresAt: claims.exp * 1000,
    },
  };
}

/** Who asked: proven, or named in an unproven request and known here. */
async function identify(
  context: Context,
  request: TokenRequest | undefined,
  client: AuthenticatedClient | undefined,
): Promise<{ authenticated: boolean; agent?: string; registeredKey?: string }> {
  if (client) return { authenticated: true, agent: client.agent.id, registeredKey: client.registeredKey };
  const claimed = request && (await findClaimedAgent(context, request).catch(() => undefined));
  return claimed ? { authenticated: false, agent: claimed.id } : { authenticated: false };
}
