import type { Gate } from './hooks/gate.ts';

export { Gate, GateDenied } from './hooks/gate.ts';

interface Input {
  readonly hook_event_name: string;
  readonly agent_id?: string;
}

interface CallInput extends Input {
  readonly tool_name: string;
  readonly tool_input: unknown;
  readonly tool_use_id: string;
  readonly tool_response?: unknown;
  readonly error?: string;
}

type Hook = (
  input: Input,
  toolUseId: string | undefined,
  options: { readonly signal: AbortSignal },
) => Promise<{
  hookSpecificOutput?: {
    hookEventName: 'PreToolUse';
    permissionDecision: 'allow' | 'deny';
    permissionDecisionReason: string;
  };
}>;

interface Matcher {
  hooks: Hook[];
  timeout: number;
  onFailure: 'block';
}

const timeoutSeconds = 600;

/**
 * Hooks for `query({ options: { hooks } })` of the Claude Agent SDK. They come before its own rules and modes, so none of
 * them skips the gate; what is denied does not run, and the model reads why.
 */
export function governed(gate: Gate): Record<'PreToolUse' | 'PostToolUse' | 'PostToolUseFailure', Matcher[]> {
  const before: Hook = async (input, _id, { signal }) => {
    const { tool_use_id: callId, tool_name: tool, tool_input, agent_id: through } = input as CallInput;
    const answer = await gate.ask({ callId, tool, arguments: tool_input, through, signal });
    const isAllowed = answer.decision === 'allow';
    return {
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: isAllowed ? 'allow' : 'deny',
        permissionDecisionReason: isAllowed
          ? answer.notices.join(' ') || 'Allowed by policy.'
          : answer.message,
      },
    };
  };
  const after: Hook = async (input) => {
    const { hook_event_name, tool_use_id, tool_response, error } = input as CallInput;
    const isError = hook_event_name === 'PostToolUseFailure';
    await gate.report(tool_use_id, isError ? { error } : { result: tool_response });
    return {};
  };
  const matcher = (hook: Hook): Matcher[] => [{ hooks: [hook], timeout: timeoutSeconds, onFailure: 'block' }];
  return { PreToolUse: matcher(before), PostToolUse: matcher(after), PostToolUseFailure: matcher(after) };
}
