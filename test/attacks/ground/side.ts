import {
  type EnrolledAgent,
  type HttpReply,
  type McpCall,
  type NaiveGateway,
  type RawAgent,
  type TestGateway,
  toolCall,
  type Upstream,
} from '@countersign/testkit';

/** One of the two gateways an attack is made on, with an upstream of its own. */
export interface Side<U extends Upstream = Upstream> {
  readonly agent: RawAgent;
  /** The MCP endpoint of the upstream, behind the gateway. */
  readonly url: string;
  /** A good token of the agent. */
  readonly token: string;
  readonly upstream: U;
  call(tool: string, args: object, tweak?: Tweak): Promise<HttpReply>;
  send(message: McpCall['message'], tweak?: Tweak): Promise<HttpReply>;
  /** The reply of the token endpoint to this client assertion. */
  requestToken(assertion: string): Promise<HttpReply>;
  /** The issuer, as assertions have to name it. */
  readonly issuer: string;
  /** Lets time pass, where a clock is looked at. */
  later(milliseconds: number): void;
  /** How many calls reached the upstream. */
  forwarded(tool?: string): number;
}
export type Tweak = Partial<Omit<McpCall, 'message'>>;

export interface NaiveSide<U extends Upstream = Upstream> extends Side<U> {
  readonly gateway: NaiveGateway;
}
export interface HereSide<U extends Upstream = Upstream> extends Side<U> {
  readonly gateway: TestGateway;
  readonly enrolled: EnrolledAgent;
}

export interface SideParts<U extends Upstream> {
  readonly agent: RawAgent;
  readonly issuer: string;
  readonly url: string;
  readonly token: string;
  readonly upstream: U;
  readonly requestToken: Side['requestToken'];
  readonly later: Side['later'];
}

export function buildSide<U extends Upstream>(parts: SideParts<U>): Side<U> {
  const { agent, url, token, upstream } = parts;
  const send: Side['send'] = (message, tweak = {}) => agent.send({ url, token, message, ...tweak });
  return {
    ...parts,
    send,
    call(tool, args, tweak = {}) {
      const { message, headers } = toolCall(tool, args);
      return send(message, { ...tweak, headers: { ...headers, ...tweak.headers } });
    },
    forwarded: (tool) => upstream.journal.calls(tool).length,
  };
}
