import { AppError, type LedgerRecord } from '@countersign/api';
import type { AgentFacts } from '../agents/index.ts';
import type { Context } from '../context.ts';
import type { AuthenticatedClient } from './authenticate-client.ts';
import { signAccessToken } from './sign-access-token.ts';
import { nameBinding, type TokenBinding } from './token-binding.ts';
import { bindingClaim, type TokenClaims } from './token-claims.ts';
import type { TokenGrant } from './token-grant.ts';

export interface IssuedToken {
  readonly accessToken: string;
  /** `N_A` for an assertion towards another organisation, which no resource takes. */
  readonly tokenType: 'DPoP' | 'Bearer' | 'N_A';
  readonly expiresInSeconds: number;
  readonly claims: Pick<TokenClaims, 'scope' | 'authorization_details'>;
  /** More members of the token response. */
  readonly response: Readonly<Record<string, unknown>>;
}

/** Signs one access token. Its record is durable before it is returned. Throws `task.not_open` when nothing of its life is left. */
export async function issueToken(
  context: Context,
  from: { client: AuthenticatedClient; agent: AgentFacts; binding: TokenBinding; grant: TokenGrant },
): Promise<IssuedToken> {
  const { client, agent, binding, grant } = from;
  const issuedAt = Math.floor(context.platform.now() / 1000);
  const lifetimeEnd = issuedAt + (grant.lifetimeSeconds ?? context.config.tokens.lifetimeSeconds);
  // Never beyond the task, the delegation, or the last moment of the credential that got it.
  const notAfter = Math.min(grant.notAfter, client.notAfter);
  const expiresAt = Math.min(lifetimeEnd, Math.floor(notAfter / 1000));
  if (expiresAt <= issuedAt) throw new AppError('task.not_open');
  const jti = context.platform.newId('tok');
  const { registeredKey, workload } = client;
  const status_list = context.tokens.statusLists.assign({
    ...{ jti, agentId: agent.id, ownerId: agent.ownerId, taskId: grant.task, chain: grant.chain },
    ...{ registeredKey, workload, expiresAt: expiresAt * 1000 },
  });
  const claims: TokenClaims = {
    iss: context.tokens.issuer,
    sub: grant.subject,
    client_id: client.clientId,
    agent: agent.id,
    aud: grant.audience,
    iat: issuedAt,
    exp: expiresAt,
    jti,
    status: { status_list },
    ...bindingClaim(binding),
    owner: agent.ownerId,
    chain: grant.chain,
    ...(client.registeredKey === null ? {} : { client_jkt: client.registeredKey }),
    ...(client.workload === null ? {} : { workload: client.workload }),
    ...(grant.act === undefined ? {} : { act: grant.act }),
    ...(grant.mayAct === undefined ? {} : { may_act: { sub: grant.mayAct } }),
    ...(grant.scope === undefined ? {} : { scope: grant.scope }),
    ...(grant.task === null ? {} : { task: grant.task }),
    ...(grant.call === undefined ? {} : { call: grant.call }),
    ...(grant.authorizationDetails ? { authorization_details: grant.authorizationDetails } : {}),
  };
  const accessToken = await signAccessToken(context.tokens.signingKeys.current(), claims);
  await context.store.append([toRecord(context, { claims, client, grant, binding })]);
  return {
    accessToken,
    // RFC 8705 §3: a certificate-bound token is presented as a bearer token over the same certificate.
    tokenType: binding.kind === 'dpop' ? 'DPoP' : 'Bearer',
    expiresInSeconds: expiresAt - issuedAt,
    claims,
    response: grant.response ?? {},
  };
}

function toRecord(
  context: Context,
  issued: { claims: TokenClaims; client: AuthenticatedClient; grant: TokenGrant; binding: TokenBinding },
): LedgerRecord {
  const { claims, client, grant, binding } = issued;
  return {
    id: context.platform.newId('rec'),
    kind: 'token.issued',
    at: context.platform.now(),
    causes: grant.causes,
    agent: claims.agent,
    ...(claims.client_jkt === undefined ? {} : { key: claims.client_jkt }),
    ...(claims.task === undefined ? {} : { task: claims.task }),
    ...nameAgents(claims, grant),
    chain: claims.chain,
    body: {
      token: claims.jti,
      use: claims.task === undefined ? 'control' : 'task',
      proofKey: nameBinding(binding),
      binding: binding.kind,
      audience: claims.aud,
      owner: claims.owner,
      expiresAt: claims.exp * 1000,
      ...(claims.status === undefined ? {} : { status: claims.status.status_list }),
      ...(claims.sub === claims.agent ? {} : { subject: claims.sub }),
      ...(claims.client_id === claims.agent ? {} : { client: claims.client_id }),
      ...(claims.workload === undefined ? {} : { workload: claims.workload, attested: client.evidence }),
      ...(claims.act === undefined ? {} : { act: claims.act }),
      ...(claims.call === undefined ? {} : { call: claims.call }),
      ...grant.body,
    },
  };
}

/** Only where the authority came through others: else the agent says it all. */
function nameAgents({ agent }: TokenClaims, { through }: TokenGrant): Pick<LedgerRecord, 'agents'> {
  return through === undefined || through.agents.length === 0 ? {} : { agents: [...through.agents, agent] };
}
