import type { Limits } from '@countersign/core';
import {
  createRawAgent,
  type EnrolledAgent,
  type HttpReply,
  makeAgentKey,
  type RawAgent,
  type TestGateway,
} from '@countersign/testkit';
import { requireDone } from './use-scene.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** What an agent passes a part of: a delegation that it holds, or an open task of its own. */
export type Source = { readonly parentId: string } | { readonly taskId: string };

/** An agent that holds nothing yet. */
export async function registerAgent(gateway: TestGateway, name: string, ownerId?: string): Promise<RawAgent> {
  const key = await makeAgentKey();
  const { id: agentId } = requireDone<{ id: string }>(
    await gateway.operator('POST', '/v1/agents', {
      name,
      ownerId: ownerId ?? gateway.administrator.id,
      purpose: 'To help',
      environment: 'development',
      jwk: key.publicJwk,
    }),
  );
  return createRawAgent({ issuer: gateway.url, agentId, key });
}

/** The raw reply: what is passed on may be refused. */
export async function passOn(
  gateway: TestGateway,
  from: RawAgent,
  to: RawAgent,
  source: Source,
  limits: Partial<Limits> = {},
): Promise<HttpReply> {
  const message = { agentId: to.agentId, purpose: 'To help', limits, ...source };
  return from.send({ url: `${gateway.url}/v1/delegations`, token: await from.token(), message });
}

/** The raw reply of the token endpoint to an exchange. */
export function exchange(
  agent: RawAgent,
  subjectToken: string,
  form: Readonly<Record<string, string>> = {},
): Promise<HttpReply> {
  return agent.requestToken({
    form: {
      grant_type: EXCHANGE,
      subject_token: subjectToken,
      subject_token_type: ACCESS_TOKEN,
      ...form,
    },
  });
}

export interface Exchanged {
  readonly token: string;
  readonly task: string;
}

export function readExchanged(reply: HttpReply): Exchanged {
  const answer = requireDone<{
    access_token: string;
    authorization_details: readonly { task: string }[];
  }>(reply);
  const task = answer.authorization_details[0]?.task;
  if (task === undefined) throw new Error(`no task: ${reply.body}`);
  return { token: answer.access_token, task };
}

/** An agent that got a part of another's authority, and a token of a task that works for the other's. */
export interface Helper extends EnrolledAgent {
  readonly agentId: string;
}

/** Registers an agent, has `from` pass on a part of what it holds, and exchanges its token. */
export async function enrolHelper(
  gateway: TestGateway,
  from: EnrolledAgent,
  options: { readonly name: string; readonly limits?: Partial<Limits>; readonly owner?: string },
): Promise<Helper> {
  const agent = await registerAgent(gateway, options.name, options.owner);
  const source = { parentId: from.delegation };
  const passed = await passOn(gateway, from.agent, agent, source, options.limits);
  const { id: delegation } = requireDone<{ id: string }>(passed);
  const { token, task } = readExchanged(await exchange(agent, from.token));
  const renew = async (): Promise<string> => readExchanged(await exchange(agent, await from.renew())).token;
  return { agent, agentId: agent.agentId, delegation, task, token, renew };
}
