import { AppError } from '@countersign/api';
import type { AgentFacts } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { isIdJag, takeAssertion } from '../../organisations/index.ts';
import { requireAgent } from '../authenticate-client.ts';
import { readUpstreams } from '../read-target.ts';
import { resolveGrant } from '../resolve-grant.ts';
import { nameBinding } from '../token-binding.ts';
import type { Actor } from '../token-claims.ts';
import type { Grant, GrantRequest, TokenGrant } from '../token-grant.ts';
import { jwtBearerGrantType } from '../workloads/read-workload-assertion.ts';
import { grantForAgent } from './client-credentials.ts';

/**
 * RFC 7523 §2.1. With the assertion of a workload, as MCP's workload identity federation asks: the assertion says who the
 * agent is and is its authentication as well, so `authenticateClient` has checked it. With an ID-JAG: an organisation
 * vouches for the agent, which has authenticated itself as ever.
 */
export const jwtBearerGrant: Grant = {
  type: jwtBearerGrantType,
  clients: 'agents',
  grant: (context, request) => {
    const agent = requireAgent(request.client);
    const assertion = request.parameters.require('assertion');
    return isIdJag(assertion)
      ? grantVouched(context, agent, { ...request, assertion })
      : grantForAgent(context, agent, request.parameters);
  },
};

/** A task of its own, within what the organisation's chain, its ceiling and the local delegation all allow. */
async function grantVouched(
  context: Context,
  agent: AgentFacts,
  { binding, parameters, assertion: text }: GrantRequest & { readonly assertion: string },
): Promise<TokenGrant> {
  const { issuer } = context.tokens;
  if (parameters.take('authorization_details') !== undefined)
    throw new AppError('token.details_invalid', { detail: 'the assertion says it' });
  const { task, assertion, record } = await takeAssertion(context, text, {
    ...{ agentId: agent.id, key: nameBinding(binding), resources: parameters.all('resource') },
    jkt: binding.kind === 'dpop' ? binding.jkt : null,
  });
  const named = parameters.all('resource');
  const upstreams = readUpstreams(named.length > 0 ? named : assertion.resources, issuer);
  const granted = await resolveGrant(context, agent, { kind: 'task', task: task.id, upstreams });
  const foreign = assertion.hops.reduce<Actor | undefined>(
    (act, hop) => ({ ...hop, sub_profile: 'ai_agent', ...(act === undefined ? {} : { act }) }),
    undefined,
  );
  return {
    ...granted,
    ...(foreign === undefined
      ? {}
      : { act: { sub: agent.id, iss: issuer, sub_profile: 'ai_agent', act: foreign } }),
    body: { organisation: assertion.organisation.name, assertion: assertion.jti, hops: assertion.hops },
    // So that whoever is told can name this ledger's record in its own.
    response: { countersign_record: record },
    causes: [...granted.causes, record],
  };
}
