import type { HookInput, Options } from '@anthropic-ai/claude-agent-sdk';
import { governed } from '@countersign/sdk/claude';
import { describeGate } from './gate-contract.ts';

const base = { session_id: 'session', transcript_path: '', cwd: '/srv' };

// The package runs a program that needs an account, so its part of the work is played here, with its own types.
describeGate('hook.claude-sdk: Claude Agent SDK', async (gate, script, execute) => {
  const hooks: NonNullable<Options['hooks']> = governed(gate);
  const { signal } = new AbortController();
  const fire = async (input: HookInput) => {
    const [matcher] = hooks[input.hook_event_name] ?? [];
    const outputs = (matcher?.hooks ?? []).map((hook) => hook(input, undefined, { signal }));
    return Promise.all(outputs);
  };
  const answers: string[] = [];
  for (const call of script) {
    const about = { ...base, tool_name: call.tool, tool_input: call.arguments, tool_use_id: call.id };
    const [output] = await fire({ ...about, hook_event_name: 'PreToolUse' });
    const decision =
      output !== undefined && 'hookSpecificOutput' in output ? output.hookSpecificOutput : undefined;
    if (decision?.hookEventName === 'PreToolUse' && decision.permissionDecision === 'allow') {
      const tool_response = execute(call.tool, call.arguments);
      await fire({ ...about, hook_event_name: 'PostToolUse', tool_response });
      answers.push(tool_response);
    } else answers.push(JSON.stringify(decision));
  }
  return { answers };
});
