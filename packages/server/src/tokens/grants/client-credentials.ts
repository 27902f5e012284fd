import { AppError } from '@countersign/api';
import type { AgentFacts } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { requireAgent } from '../authenticate-client.ts';
import { findDirectPeer } from '../find-direct-peer.ts';
import { readTarget } from '../read-target.ts';
import { resolveGrant } from '../resolve-grant.ts';
import { ruleDirectCall } from '../rule-direct-call.ts';
import type { Grant, TokenGrant } from '../token-grant.ts';
import type { TokenParameters } from '../token-parameters.ts';

/** RFC 6749 §4.4: an agent asks for itself. */
export const clientCredentialsGrant: Grant = {
  type: 'client_credentials',
  clients: 'agents',
  grant: (context, { client, parameters }) => grantForAgent(context, requireAgent(client), parameters),
};

/** A control token or the token of one of the agent's tasks, whatever the agent proved itself with. */
export async function grantForAgent(
  context: Context,
  agent: AgentFacts,
  parameters: TokenParameters,
): Promise<TokenGrant> {
  const target = readTarget(parameters, context.tokens.issuer, (resource) =>
    findDirectPeer(context.upstreams, resource),
  );
  const scope = parameters.take('scope');
  if (scope !== undefined && !(target.kind === 'control' && scope === 'tasks'))
    throw new AppError('token.scope_invalid');
  const granted = await resolveGrant(context, agent, target);
  if (target.kind !== 'direct') return granted;
  const direct = await ruleDirectCall(context, agent, target);
  const { task, skill } = target;
  return {
    ...granted,
    authorizationDetails: [{ type: 'agent_task', task, ...(skill === null ? {} : { skill }) }],
    lifetimeSeconds: Math.min(directSeconds, context.config.tokens.lifetimeSeconds),
    body: { ...granted.body, direct },
  };
}

/** Each token is decided anew: what policy says now holds for no longer than this. */
const directSeconds = 120;
