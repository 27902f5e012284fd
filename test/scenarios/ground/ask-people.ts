import type { HttpReply, RawAgent } from '@countersign/testkit';

export type Form = { readonly [name: string]: string };

/** A well-formed request to a person, with what the form says in place of anything it says. */
export function ask(agent: RawAgent, form: Form): Promise<HttpReply> {
  return agent.requestToken({ endpoint: '/oauth/backchannel', form: { scope: 'openid', ...form } });
}

export function poll(agent: RawAgent, authReqId: string, form: Form = {}): Promise<HttpReply> {
  return agent.requestToken({
    form: { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: authReqId, ...form },
  });
}

export interface Asked {
  readonly auth_req_id: string;
  readonly expires_in: number;
  readonly interval: number;
  readonly match_code: string;
  readonly approval_uri: string;
}

/** The answer to a request that has to be accepted, and the approval that stands behind it. */
export function readAsked(reply: HttpReply): Asked & { readonly approval: string } {
  if (reply.status !== 200) throw new Error(`not asked: ${reply.status} ${reply.body}`);
  const asked = reply.json as Asked;
  return { ...asked, approval: asked.approval_uri.split('/').at(-1) ?? '' };
}

/** The standard error and our own code of a refusal. */
export function readError(reply: HttpReply): readonly [status: number, error: string, code: string] {
  const { error = '', code = '' } = reply.json as { error?: string; code?: string };
  return [reply.status, error, code];
}

export function wishAuthority(limits: object, purpose = 'Tidy the shop'): string {
  return JSON.stringify([{ type: 'agent_delegation', purpose, limits }]);
}

export function wishCall(call: {
  upstream: string;
  tool: string;
  arguments: object;
  delegation?: string;
}): string {
  return JSON.stringify([{ type: 'mcp_tool_call', ...call }]);
}

export interface Fetched {
  readonly access_token: string;
  readonly token_type: string;
  readonly authorization_details: readonly { readonly type: string; readonly [name: string]: unknown }[];
}

export function readToken(reply: HttpReply): Fetched {
  if (reply.status !== 200) throw new Error(`no token: ${reply.status} ${reply.body}`);
  return reply.json as Fetched;
}
