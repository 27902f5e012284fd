import { AppError } from '@countersign/api';
import { intersect, isJsonObject, isWithin, type Limits, parseStrictJson } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { narrowLimits, taskLimitsSchema } from '../../delegations/index.ts';
import {
  askedMilliseconds,
  digestAssertion,
  idJagType,
  type Organisation,
} from '../../organisations/index.ts';
import { type AuthenticatedClient, requireAgent } from '../authenticate-client.ts';
import type { IssuedToken } from '../issue-token.ts';
import { signJws } from '../own-jws.ts';
import { nameBinding, type TokenBinding } from '../token-binding.ts';
import type { TokenParameters } from '../token-parameters.ts';
import { accessTokenType } from './read-exchange.ts';
import { type Subject, verifySubject } from './verify-subject.ts';

export const idJagTokenType = 'urn:ietf:params:oauth:token-type:id-jag';
const exchangeGrantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const lifeSeconds = 120;

/** Whether the request is for an assertion towards another organisation, which is no access token here. */
export function isForIdJag(parameters: TokenParameters): boolean {
  return (
    parameters.take('grant_type') === exchangeGrantType &&
    parameters.take('requested_token_type') === idJagTokenType
  );
}

const detailsSchema = z.strictObject({
  type: z.literal('agent_limits'),
  limits: taskLimitsSchema,
});

/**
 * Vouches for one of our agents, with its own task token, towards an organisation whose terms name a client there for it
 * (draft-ietf-oauth-identity-assertion-authz-grant §4): who it is, for whom, within at most the limits of its task, bound
 * to the key of this request, with a place in a status list that says until the end of the task whether it still holds.
 * Refused for every other agent and organisation. Throws `organisation.issuing_refused`, `organisation.cut_off`,
 * `token.target_invalid`, `token.subject_invalid`. Its record is durable before it is returned.
 */
export async function issueIdJag(
  context: Context,
  from: { client: AuthenticatedClient; binding: TokenBinding; parameters: TokenParameters },
): Promise<IssuedToken> {
  const { binding, parameters } = from;
  const agent = requireAgent(from.client);
  if (parameters.require('subject_token_type') !== accessTokenType)
    throw new AppError('token.request_invalid', { detail: 'subject_token_type: only access tokens' });
  if (parameters.take('actor_token') !== undefined)
    throw new AppError('token.request_invalid', { detail: 'actor_token: the agent speaks for itself' });
  if (binding.kind !== 'dpop')
    throw new AppError('token.proof_invalid', { detail: 'a DPoP proof is needed' });
  const { organisation, audience, clientId } = findTarget(context, agent.id, parameters);
  const subject = await verifySubject(context, parameters.require('subject_token'));
  const { task } = subject;
  // Somebody else's token, or one under another key, says nothing of this agent.
  if (task.agentId !== agent.id || subject.token.key !== nameBinding(binding))
    throw new AppError('token.subject_invalid');
  const limits = chooseLimits(task.limits, parameters.take('authorization_details'));
  const { platform, tokens } = context;
  const issuedAt = Math.floor(platform.now() / 1000);
  const expiresAt = Math.min(
    issuedAt + lifeSeconds,
    Math.floor(Math.min(task.expiresAt, limits.expiresAt) / 1000),
  );
  if (expiresAt <= issuedAt) throw new AppError('task.not_open');
  const jti = platform.newId('tok');
  const record = platform.newId('rec');
  const status_list = tokens.statusLists.assign({
    ...{ jti, agentId: agent.id, ownerId: agent.ownerId, taskId: task.id, chain: task.chainIds },
    ...{ registeredKey: from.client.registeredKey, workload: from.client.workload },
    // Long after it was used up, whoever took it asks here whether it still holds.
    expiresAt: task.expiresAt,
  });
  const resource = parameters.all('resource');
  const assertion = await signJws(tokens.signingKeys.current(), idJagType, {
    ...{ iss: tokens.issuer, sub: task.rootPersonId, aud: audience, client_id: clientId },
    ...{ jti, iat: issuedAt, exp: expiresAt, cnf: { jkt: binding.jkt }, status: { status_list } },
    ...(resource.length === 0 ? {} : { resource: resource.length === 1 ? resource[0] : resource }),
    act: describeActors(subject, tokens.issuer),
    authorization_details: [{ type: 'agent_limits', limits }],
    // So that each ledger names the record of the other.
    countersign_record: record,
  });
  const now = platform.now();
  await context.store.transaction(async (tx) => {
    await tx.sql
      .insertInto('organisation_vouched')
      .values({
        ...{ digest: digestAssertion(tokens.issuer, jti), organisation_id: organisation.id, audience },
        ...{ assertion: jti, record, agent_id: agent.id, task_id: task.id },
        ...{ tries: 0, next_at: now, expires_at: now + askedMilliseconds },
      })
      .execute();
    tx.record({
      ...{ id: record, kind: 'organisation.assertion_issued', at: now },
      causes: [organisation.changedRecord, ...(task.openedRecord === null ? [] : [task.openedRecord])],
      ...{ agent: agent.id, task: task.id, chain: task.chainIds },
      body: {
        ...{ organisation: organisation.name, audience, clientId, assertion: jti, resource, limits },
        ...{ proofKey: binding.jkt, status: status_list, expiresAt: expiresAt * 1000 },
      },
    });
  });
  return {
    accessToken: assertion,
    // RFC 8693 §2.2.1: it is no access token.
    tokenType: 'N_A',
    expiresInSeconds: expiresAt - issuedAt,
    claims: {},
    response: { issued_token_type: idJagTokenType },
  };
}

function findTarget(
  context: Context,
  agentId: string,
  parameters: TokenParameters,
): { readonly organisation: Organisation; readonly audience: string; readonly clientId: string } {
  const [audience = '', ...others] = parameters.all('audience');
  const organisation = others.length > 0 ? undefined : context.organisations.findByIssuer(audience);
  if (organisation === undefined) throw new AppError('token.target_invalid', { detail: 'audience' });
  if (organisation.state !== 'active') throw new AppError('organisation.cut_off');
  const known = organisation.terms.towards.find((one) => one.agentId === agentId);
  if (known === undefined) throw new AppError('organisation.issuing_refused');
  return { organisation, audience, clientId: known.clientId };
}

/** The task's own, or less. Throws `token.details_invalid`, `task.exceeds_delegation`. */
function chooseLimits(most: Limits, text: string | undefined): Limits {
  if (text === undefined) return most;
  const parsed = parseStrictJson(text, { bytes: 8192, depth: 8, keys: 256 });
  const [first, ...others] = parsed.ok && Array.isArray(parsed.value) ? parsed.value : [];
  const details = isJsonObject(first) && others.length === 0 ? detailsSchema.safeParse(first) : undefined;
  if (details?.success !== true)
    throw new AppError('token.details_invalid', { detail: 'exactly one agent_limits is needed' });
  const limits = narrowLimits(most, details.data.limits);
  const within = isWithin(limits, most);
  if (!within.within)
    throw new AppError('task.exceeds_delegation', {
      detail: [...new Set(within.violations.map(({ field }) => field))].join(', '),
    });
  return intersect(limits, most);
}

/** RFC 8693 §4.1: who acts now outermost; before it, whoever passed the authority on, the nearest to the person innermost. */
function describeActors({ task }: Subject, iss: string): object {
  const [first, ...others] = task.chain.map((link) => ({ sub: link.to, iss, sub_profile: 'ai_agent' }));
  return others.reduce<object>((act, actor) => ({ ...actor, act }), first ?? { sub: task.agentId, iss });
}
