import type { Gate } from './hooks/gate.ts';

export { Gate, GateDenied } from './hooks/gate.ts';

interface HookContext {
  readonly toolName: string;
  readonly input: unknown;
  readonly context: unknown;
}

/**
 * Hooks for `agent.generate(…, { hooks })` of Mastra, or for the agent itself. A denied call does not run, and the model reads why.
 */
export function governed(gate: Gate): {
  readonly beforeToolCall: (
    context: HookContext,
  ) => Promise<undefined | { readonly proceed: false; readonly output: string }>;
  readonly afterToolCall: (
    context: HookContext & { readonly output?: unknown; readonly error?: unknown },
  ) => Promise<void>;
} {
  const unnamed = new WeakMap<object, string>();
  const callIdOf = (context: unknown): string => {
    const found = findCallId(context);
    if (found !== undefined) return found;
    if (typeof context !== 'object' || context === null) return globalThis.crypto.randomUUID();
    const known = unnamed.get(context) ?? globalThis.crypto.randomUUID();
    unnamed.set(context, known);
    return known;
  };
  return {
    async beforeToolCall({ toolName: tool, input, context }) {
      const signal = (context as { readonly abortSignal?: AbortSignal } | null | undefined)?.abortSignal;
      const answer = await gate.ask({ callId: callIdOf(context), tool, arguments: input, signal });
      return answer.decision === 'allow' ? undefined : { proceed: false, output: answer.message };
    },
    async afterToolCall({ context, output, error }) {
      await gate.report(callIdOf(context), error === undefined ? { result: output } : { error });
    },
  };
}

function findCallId(context: unknown): string | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  const { toolCallId, agent } = context as { readonly toolCallId?: unknown; readonly agent?: unknown };
  if (typeof toolCallId === 'string' && toolCallId !== '') return toolCallId;
  return agent === undefined ? undefined : findCallId(agent);
}
