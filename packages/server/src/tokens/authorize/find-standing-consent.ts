import { type Limits, mayAgentAct } from '@countersign/core';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type AuthorizationRequest, listResources } from './authorization-request.ts';
import type { ConsentChoices } from './consent-choices.ts';

/** What a person allowed a client before, if it is in force. */
export interface StandingConsent {
  readonly agentId: string;
  readonly delegationId: string;
  /** The record of the delegation's creation. */
  readonly record: string;
  readonly redirectUri: string;
  readonly resources: readonly string[];
  readonly choices: ConsentChoices;
  readonly purpose: string;
  readonly limits: Limits;
  readonly createdAt: number;
}

/** The one that covers what the client asks for now, wherever its answer went. */
export async function findStandingConsent(
  context: Pick<Context, 'platform' | 'tokens'>,
  { sql }: Pick<Transaction, 'sql'>,
  personId: string,
  request: AuthorizationRequest,
): Promise<StandingConsent | undefined> {
  const rows = await sql
    .selectFrom('client_consents')
    .innerJoin('delegations', 'delegations.id', 'client_consents.delegation_id')
    .innerJoin('agents', 'agents.id', 'client_consents.agent_id')
    .selectAll('client_consents')
    .select(['agents.state', 'delegations.purpose', 'delegations.limits', 'delegations.created_at'])
    .where('client_consents.client_id', '=', request.clientId)
    .where('client_consents.person_id', '=', personId)
    .where('delegations.revoked_at', 'is', null)
    .where('delegations.expires_at', '>', context.platform.now())
    .execute();
  const wanted = listResources(context.tokens.issuer, request.upstreams);
  const row = rows.find(({ state, resources }) => {
    const covered: readonly string[] = JSON.parse(resources);
    return mayAgentAct(state) && wanted.every((resource) => covered.includes(resource));
  });
  if (row === undefined) return undefined;
  return {
    agentId: row.agent_id,
    delegationId: row.delegation_id,
    record: row.record,
    redirectUri: row.redirect_uri,
    resources: JSON.parse(row.resources) as readonly string[],
    choices: JSON.parse(row.choices) as ConsentChoices,
    purpose: row.purpose,
    limits: JSON.parse(row.limits) as Limits,
    createdAt: row.created_at,
  };
}

/**
 * Whether the person is offered to let it go on as it is, so that a second device does not end the first one's session:
 * it is for the very same resources, nothing else is asked for, and at least half of its time is left.
 */
export function mayGoOn(standing: StandingConsent, resources: readonly string[], now: number): boolean {
  const isSame =
    standing.resources.length === resources.length &&
    standing.resources.every((resource) => resources.includes(resource));
  return isSame && standing.limits.expiresAt - now >= now - standing.createdAt;
}
