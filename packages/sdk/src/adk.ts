import type { Gate } from './hooks/gate.ts';

export { Gate, GateDenied } from './hooks/gate.ts';

interface Tool {
  readonly name: string;
}

type Arguments = Record<string, unknown>;

interface ToolContext {
  readonly functionCallId?: string | undefined;
  readonly agentName?: string | undefined;
}

interface Called {
  readonly tool: Tool;
  readonly toolArgs: Arguments;
  readonly toolContext: ToolContext;
}

/**
 * A policy engine for `SecurityPlugin` of Google's ADK, where that is in place already. It hears of neither the id nor the
 * result of a call: `governPlugin` knows both.
 */
export function policyEngine(gate: Gate): {
  evaluate(call: {
    readonly tool: Tool;
    readonly toolArgs: Arguments;
  }): Promise<{ outcome: string; reason?: string }>;
} {
  return {
    async evaluate({ tool, toolArgs }) {
      const callId = globalThis.crypto.randomUUID();
      const answer = await gate.ask({ callId, tool: tool.name, arguments: toolArgs });
      return answer.decision === 'allow' ? { outcome: 'ALLOW' } : { outcome: 'DENY', reason: answer.message };
    },
  };
}

/**
 * A plugin of Google's ADK: `plugins: [governPlugin(BasePlugin, gate)]`. A denied call does not run, and the model reads
 * why; what came of the others is reported.
 */
export function governPlugin<Plugin extends object>(
  BasePlugin: abstract new (name: string) => Plugin,
  gate: Gate,
): Plugin {
  // What it adds to is known when it is used: the framework is no dependency.
  const Parent = BasePlugin as unknown as new (name: string) => object;
  const denied = new Set<string>();
  class GovernedPlugin extends Parent {
    async beforeToolCallback({ tool, toolArgs, toolContext }: Called): Promise<Arguments | undefined> {
      const { functionCallId: callId = globalThis.crypto.randomUUID(), agentName: through } = toolContext;
      const answer = await gate.ask({ callId, tool: tool.name, arguments: toolArgs, through });
      if (answer.decision === 'allow') return undefined;
      denied.add(callId);
      return { error: answer.message };
    }

    async afterToolCallback({
      toolContext,
      result,
    }: Called & { readonly result: unknown }): Promise<undefined> {
      const { functionCallId: callId } = toolContext;
      // It is told of what stands for the result of a denied call, too.
      if (callId !== undefined && !denied.delete(callId)) await gate.report(callId, { result });
    }

    async onToolErrorCallback({
      toolContext,
      error,
    }: Called & { readonly error: Error }): Promise<undefined> {
      const { functionCallId: callId } = toolContext;
      if (callId !== undefined) await gate.report(callId, { error });
    }
  }
  return new GovernedPlugin('countersign') as Plugin;
}
