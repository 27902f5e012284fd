import type { Gate } from './hooks/gate.ts';

export { Gate, GateDenied } from './hooks/gate.ts';

interface ToolCall {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: unknown;
}

interface ExecutionEnd {
  readonly toolCall: { readonly toolCallId: string };
  readonly toolOutput: { readonly type: string; readonly output?: unknown; readonly error?: unknown };
}

/**
 * Settings for `generateText`, `streamText` and `ToolLoopAgent` of the AI SDK 7: spread them in. A denied call does not
 * run, and the model reads why. Tools that the model's provider runs are not seen by anybody here.
 */
export function governed(gate: Gate): {
  readonly toolApproval: (options: {
    readonly toolCall: ToolCall;
  }) => Promise<undefined | { readonly type: 'denied'; readonly reason: string }>;
  readonly onToolExecutionEnd: (event: ExecutionEnd) => Promise<void>;
} {
  return {
    async toolApproval({ toolCall: { toolCallId: callId, toolName: tool, input } }) {
      const answer = await gate.ask({ callId, tool, arguments: input });
      return answer.decision === 'allow' ? undefined : { type: 'denied', reason: answer.message };
    },
    async onToolExecutionEnd({ toolCall, toolOutput: { type, output, error } }) {
      await gate.report(toolCall.toolCallId, type === 'tool-error' ? { error } : { result: output });
    },
  };
}
