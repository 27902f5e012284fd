import { AppError, type ErrorCode, toAppError } from '@countersign/api';
import { canonicalJson } from '@countersign/core';
import type { AgentFacts } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import { type AuthenticatedClient, authenticateClient } from '../authenticate-client.ts';
import type { PresentedTokenRequest } from '../grant-token.ts';
import { readTokenParameters } from '../token-parameters.ts';
import type { Ask, Asked } from './ask.ts';
import { askForAuthority } from './ask-for-authority.ts';
import { askForCall } from './ask-for-call.ts';
import { findAskedPerson } from './find-asked-person.ts';
import { AskedAlready, type Asking, findOpenAsk, keepRefused } from './keep-ask.ts';
import { findNotificationEndpoint } from './notification-endpoint.ts';
import { proveAskKey } from './prove-ask-key.ts';
import { readAsk } from './read-ask.ts';
import { requireMeasure } from './require-measure.ts';

/** Refusals that say something of people or policy: an agent may not try them without end. */
const counted: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'action.denied',
  'action.not_in_limits',
  'token.person_unknown',
]);

/**
 * Asks a person for authority or for one exact call (CIBA §7). Durable before it is answered; the same request while an
 * earlier one is open is that request. Every refusal but the demand for a nonce is recorded. Throws `AppError`s only.
 */
export async function askPerson(context: Context, presented: PresentedTokenRequest): Promise<Asked> {
  let client: AuthenticatedClient | undefined;
  try {
    const parameters = readTokenParameters(presented.body);
    // The proof comes first: the demand for a nonce must not use up the client's assertion.
    const { binding, key } = await proveAskKey(context, presented, parameters);
    client = await authenticateClient(context, { ...presented, parameters, binding });
    const agent = requireAskingAgent(context, client);
    return await ask(context, { agent, key, ask: readAsk(parameters, context.tokens.issuer) });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code !== 'token.proof_nonce_needed') {
      const agent = client?.agent;
      await context.tokens.refusals.record({
        reason: error.code,
        authenticated: client !== undefined,
        ...(agent ? { agent: agent.id } : {}),
        ...(client?.registeredKey ? { registeredKey: client.registeredKey } : {}),
      });
    }
    throw error;
  }
}

/** Only agents ask: an interactive client has its person's browser. */
function requireAskingAgent(context: Context, client: AuthenticatedClient): AgentFacts {
  const { agent } = client;
  if (agent === null) throw new AppError('token.grant_not_allowed');
  if (agent.state !== 'active') throw new AppError('agent.not_active');
  const scopes = { agent: agent.id, owner: agent.ownerId, task: '', chain: [], action: '' };
  context.stops.check({ ...scopes, upstream: '', tool: '' });
  return agent;
}

async function ask(
  context: Context,
  asked: { readonly agent: AgentFacts; readonly key: string; readonly ask: Ask },
): Promise<Asked> {
  const { agent, key } = asked;
  const { wish, loginHint, canonical } = asked.ask;
  const { now } = context.platform;
  const notifies = await requireNotificationToken(context, agent.id, asked.ask);
  const digestFor = (person: string | null): string =>
    sha256(canonicalJson({ agent: agent.id, key, person, asked: canonical }));
  await requireMeasure(context.store, { agentId: agent.id, personId: null, now: now() });
  const personId = await findAskedPerson(context.store.sql, loginHint, wish);
  const digest = digestFor(personId ?? null);
  try {
    if (personId === undefined) throw new AppError('token.person_unknown');
    const open = await findOpenAsk(context, digest);
    if (open !== undefined) return open;
    await requireMeasure(context.store, { agentId: agent.id, personId, now: now() });
    const asking: Asking = {
      ...{ agent, key, personId, digest, notifies, ask: asked.ask },
      askedAt: now(),
      expiresAt: now() + asked.ask.seconds * 1000,
    };
    return await (wish.kind === 'authority'
      ? askForAuthority(context, asking, wish)
      : askForCall(context, asking, wish));
  } catch (thrown) {
    // Of two equal requests at the same moment this is the second, unless the first has been answered since.
    if (thrown instanceof AskedAlready) return (await findOpenAsk(context, digest)) ?? ask(context, asked);
    const error = toAppError(thrown);
    if (counted.has(error.code)) {
      await keepRefused(context, { agentId: agent.id, key, personId: personId ?? null });
    }
    throw error;
  }
}

/** An agent with an endpoint asked to be told there, and says with each request how it will know us (CIBA §7.1). */
async function requireNotificationToken(context: Context, agentId: string, asked: Ask): Promise<boolean> {
  const endpoint = await findNotificationEndpoint(context.store.sql, agentId);
  if (endpoint === undefined) return false;
  if (asked.notificationToken === null)
    throw new AppError('token.request_invalid', { detail: 'client_notification_token is missing' });
  return true;
}
