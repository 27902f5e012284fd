import type { Gate } from './hooks/gate.ts';

export { Gate, GateDenied } from './hooks/gate.ts';

interface ToolCallRequest {
  readonly toolCall: { readonly id?: string | undefined; readonly name: string; readonly args: unknown };
  readonly runtime?: { readonly signal?: AbortSignal | undefined };
}

type MessageClass<Message> = new (fields: {
  content: string;
  tool_call_id: string;
  name: string;
  status: 'error';
}) => Message;

/**
 * What `createMiddleware` of LangChain takes: `createMiddleware(governed(gate, ToolMessage))`. A denied call does not run,
 * and the model reads why.
 */
export function governed<Denial>(
  gate: Gate,
  ToolMessage: MessageClass<Denial>,
): {
  readonly name: string;
  readonly wrapToolCall: <Request extends ToolCallRequest, Result>(
    request: Request,
    handler: (request: Request) => Result | Promise<Result>,
  ) => Promise<Result | Denial>;
} {
  return {
    name: 'countersign',
    async wrapToolCall(request, handler) {
      const { id, name: tool, args } = request.toolCall;
      const callId = id ?? globalThis.crypto.randomUUID();
      const { signal } = request.runtime ?? {};
      const answer = await gate.ask({ callId, tool, arguments: args, signal });
      if (answer.decision !== 'allow')
        return new ToolMessage({
          ...{ content: answer.message, tool_call_id: callId, name: tool },
          status: 'error',
        });
      try {
        const result = await handler(request);
        await gate.report(callId, { result: contentOf(result) });
        return result;
      } catch (error) {
        await gate.report(callId, { error });
        throw error;
      }
    },
  };
}

/** Of a message, what the tool said; of a command, the whole. */
function contentOf(result: unknown): unknown {
  const isMessage = typeof result === 'object' && result !== null && 'content' in result;
  return isMessage ? result.content : result;
}
