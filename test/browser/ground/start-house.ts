import {
  type EnrolledAgent,
  type HttpReply,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  toolCall,
  type Upstream,
} from '@countersign/testkit';
import { PAYMENT_POLICY, PAYMENT_TOOLS } from './payments-tools.ts';

/** A running server with an agent that may pay once a person agrees. */
export interface House {
  readonly gateway: TestGateway;
  readonly upstream: Upstream;
  readonly agent: EnrolledAgent;
  call(tool: string, args: object): Promise<HttpReply>;
  /** With another token than that of the agent's task. */
  callWith(token: string, tool: string, args: object): Promise<HttpReply>;
  /** Calls, and returns the id of the approval that was asked for. */
  ask(tool: string, args: object): Promise<string>;
  /** A link with which somebody joins in a browser. */
  invite(displayName: string, roles: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export interface HouseOptions {
  readonly agentName?: string;
  readonly call?: (name: string) => Promise<void> | void;
  readonly environment?: { readonly [name: string]: string };
}

export async function startHouse(options: HouseOptions = {}): Promise<House> {
  const upstream = await startPlainUpstream({
    tools: PAYMENT_TOOLS,
    call: async (name) => {
      await options.call?.(name);
      return { content: [{ type: 'text', text: `${name}: done` }] };
    },
  });
  const gateway = await startGateway(options.environment ? { environment: options.environment } : {});
  const url = await gateway.addUpstream('payments', { url: upstream.url });
  await classify(gateway);
  const files = [{ name: 'payments.cedar', text: PAYMENT_POLICY }];
  requireSuccess(await gateway.operator('POST', '/v1/policies', { files }));
  const agent = await gateway.enrol({ name: options.agentName ?? 'invoice-bot' });
  const callWith: House['callWith'] = (token, tool, args) => {
    const { message, headers } = toolCall(tool, args);
    return agent.agent.send({ url, token, message, headers });
  };
  const call: House['call'] = (tool, args) => callWith(agent.token, tool, args);
  return {
    gateway,
    upstream,
    agent,
    call,
    callWith,
    ask: async (tool, args) => readApproval(await call(tool, args)),
    async invite(displayName, roles) {
      const invited = requireSuccess(await gateway.operator('POST', '/v1/people', { displayName, roles }));
      return (invited.json as { readonly link: string }).link;
    },
    async stop() {
      await gateway.stop();
      await upstream.close();
    },
  };
}

async function classify(gateway: TestGateway): Promise<void> {
  const domain = { dataDomain: 'payments', amountPointer: null, amountCurrency: null };
  const given: Readonly<Record<string, object>> = {
    list_invoices: { ...domain, effects: ['read'] },
    send_payment: {
      ...domain,
      effects: ['spend'],
      amountPointer: '/amount_minor',
      amountCurrency: '/currency',
    },
    delete_customer: { ...domain, effects: ['admin'] },
  };
  for (const [tool, body] of Object.entries(given)) {
    const path = `/v1/upstreams/payments/tools/${tool}/classification`;
    requireSuccess(await gateway.operator('PUT', path, body));
  }
}

export function readApproval(reply: HttpReply): string {
  const approval = /apr_[0-9A-Z]{26}/.exec(reply.body)?.[0];
  if (approval === undefined) throw new Error(`nobody was asked: ${reply.status} ${reply.body}`);
  return approval;
}

function requireSuccess(reply: HttpReply): HttpReply {
  if (reply.status >= 300) throw new Error(`refused: ${reply.status} ${reply.body}`);
  return reply;
}
