import {
  type EnrolledAgent,
  type HttpReply,
  type McpCall,
  type McpRequest,
  toolCall,
} from '@countersign/testkit';

export type Tweak = Partial<Omit<McpCall, 'message'>> & { readonly capabilities?: object };

/** An agent at one endpoint, which it calls in plain HTTP. */
export interface Caller extends EnrolledAgent {
  readonly agentId: string;
  call(tool: string, args: object, tweak?: Tweak): Promise<HttpReply>;
  send(request: McpRequest, tweak?: Tweak): Promise<HttpReply>;
}

export function createCaller(enrolled: EnrolledAgent, url: string): Caller {
  const { agent, token } = enrolled;
  const send: Caller['send'] = ({ message, headers }, { capabilities: _, ...tweak } = {}) =>
    agent.send({ url, token, message, ...tweak, headers: { ...headers, ...tweak.headers } });
  return {
    ...enrolled,
    agentId: agent.agentId,
    send,
    call: (tool, args, tweak = {}) =>
      send(toolCall(tool, args, tweak.capabilities && { capabilities: tweak.capabilities }), tweak),
  };
}

/** The text of a result, or of a refusal, as a model reads it. */
export function readText(reply: HttpReply): string {
  const { result } = reply.json as { result?: { content?: readonly { text?: string }[] } };
  return (result?.content ?? []).map(({ text = '' }) => text).join('\n');
}
