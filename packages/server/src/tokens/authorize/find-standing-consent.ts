import { mayAgentAct } from '@countersign/core';
import type { Context } from '../../context.ts';
import { type AuthorizationRequest, listResources } from './authorization-request.ts';

export interface StandingConsent {
  readonly agentId: string;
  readonly delegationId: string;
  /** The record of the delegation's creation. */
  readonly record: string;
}

/** What the person allowed this client before, if it is in force and covers the same redirect URI and resources. */
export async function findStandingConsent(
  context: Pick<Context, 'platform' | 'store' | 'tokens'>,
  personId: string,
  request: AuthorizationRequest,
): Promise<StandingConsent | undefined> {
  const rows = await context.store.sql
    .selectFrom('client_consents')
    .innerJoin('delegations', 'delegations.id', 'client_consents.delegation_id')
    .innerJoin('agents', 'agents.id', 'client_consents.agent_id')
    .selectAll('client_consents')
    .select('agents.state')
    .where('client_consents.client_id', '=', request.clientId)
    .where('client_consents.person_id', '=', personId)
    .where('redirect_uri', '=', request.redirectUri)
    .where('delegations.revoked_at', 'is', null)
    .where('delegations.expires_at', '>', context.platform.now())
    .execute();
  const wanted = listResources(context.tokens.issuer, request.upstreams);
  const row = rows.find(({ state, resources }) => {
    const covered: readonly string[] = JSON.parse(resources);
    return mayAgentAct(state) && wanted.every((resource) => covered.includes(resource));
  });
  return row && { agentId: row.agent_id, delegationId: row.delegation_id, record: row.record };
}
