import type { AgentKey } from '../keys/make-agent-key.ts';
import { type ClientAssertionInput, makeClientAssertion } from '../keys/make-client-assertion.ts';
import { type DpopForgery, makeDpopProof } from '../keys/make-dpop-proof.ts';
import type { HttpMessage } from './send-http.ts';

export interface TokenWish {
  /** The token endpoint unless said. */
  readonly endpoint?: '/oauth/token' | '/oauth/backchannel';
  readonly task?: string;
  readonly resource?: readonly string[];
  readonly form?: { readonly [name: string]: string };
  readonly assertion?: string;
  readonly forgeAssertion?: ClientAssertionInput['forge'];
  readonly forgeProof?: DpopForgery;
  readonly proofKey?: AgentKey;
}

export interface TokenRequester {
  readonly issuer: string;
  readonly agentId: string;
  readonly key: AgentKey;
  readonly now: () => number;
  readonly nonce: string | undefined;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A request to the token endpoint, or to the one where people are asked, with everything in order that the wish does not change. */
export async function makeTokenRequest(wish: TokenWish, from: TokenRequester): Promise<HttpMessage> {
  const { issuer, agentId, key, now, nonce } = from;
  const url = `${issuer}${wish.endpoint ?? '/oauth/token'}`;
  const made = { key, clientId: agentId, audience: issuer, at: now() };
  const forge = wish.forgeAssertion && { forge: wish.forgeAssertion };
  const assertion = wish.assertion ?? (await makeClientAssertion({ ...made, ...forge }));
  const dpop = await makeDpopProof({
    key: wish.proofKey ?? key,
    htm: 'POST',
    htu: url,
    at: now(),
    ...(nonce !== undefined && { nonce }),
    ...(wish.forgeProof && { forge: wish.forgeProof }),
  });
  const details = wish.task && JSON.stringify([{ type: 'agent_task', task: wish.task }]);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: assertion,
    ...(details && { authorization_details: details }),
    ...wish.form,
  });
  for (const resource of wish.resource ?? []) form.append('resource', resource);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', dpop };
  return { url, headers, body: form.toString() };
}
