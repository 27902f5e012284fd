import type { Gate } from './hooks/gate.ts';

export { Gate, GateDenied } from './hooks/gate.ts';

interface GuardedCall {
  readonly agent: { readonly name: string };
  readonly toolCall: { readonly callId: string; readonly name: string; readonly arguments: string };
}

type Behaviour = { readonly type: 'allow' } | { readonly type: 'rejectContent'; readonly message: string };

interface Guardrail<Kind extends string, Data> {
  readonly type: Kind;
  readonly name: string;
  run(data: Data): Promise<{ readonly behavior: Behaviour }>;
}

/**
 * Guardrails for `tool({ … })` of the OpenAI Agents SDK: spread them in. A denied call does not run, and the model reads
 * why. Tools that OpenAI hosts have no guardrails.
 */
export function governed(gate: Gate): {
  inputGuardrails: Guardrail<'tool_input', GuardedCall>[];
  outputGuardrails: Guardrail<'tool_output', GuardedCall & { readonly output: unknown }>[];
} {
  return {
    inputGuardrails: [
      {
        ...{ type: 'tool_input', name: 'countersign' },
        async run({ agent, toolCall: { callId, name: tool, arguments: text } }) {
          const answer = await gate.ask({ callId, tool, arguments: parse(text), through: nameOf(agent) });
          if (answer.decision === 'allow') return { behavior: { type: 'allow' } };
          return { behavior: { type: 'rejectContent', message: answer.message } };
        },
      },
    ],
    outputGuardrails: [
      {
        ...{ type: 'tool_output', name: 'countersign' },
        async run({ toolCall, output }) {
          await gate.report(toolCall.callId, { result: output });
          return { behavior: { type: 'allow' } };
        },
      },
    ],
  };
}

/** What is no JSON is asked about as it is, and fits no schema. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name.replace(/[^\x21-\x7e]/g, '_').slice(0, 128) || '_';
}
