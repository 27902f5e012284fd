import { MockLanguageModelV4 } from 'ai/test';
import type { ScriptedCall } from './gate-contract.ts';

type Steps = NonNullable<ConstructorParameters<typeof MockLanguageModelV4>[0]>['doGenerate'];

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** The AI SDK's own mock model; each turn asks for one call of the script. */
export function createScriptedModel(script: readonly ScriptedCall[]): MockLanguageModelV4 {
  const turn = (part: object, unified: string) => ({
    ...{ content: [part], finishReason: { unified, raw: undefined }, usage, warnings: [] },
  });
  const calls = script.map(({ id: toolCallId, tool: toolName, arguments: given }) =>
    turn({ type: 'tool-call', toolCallId, toolName, input: JSON.stringify(given) }, 'tool-calls'),
  );
  const doGenerate = [
    ...calls,
    turn({ type: 'text', text: 'done' }, 'stop'),
  ] as unknown as NonNullable<Steps>;
  return new MockLanguageModelV4({ doGenerate });
}

/** What the model was shown of its calls in the end. */
export function listAnswers(model: MockLanguageModelV4): readonly string[] {
  const seen = model.doGenerateCalls.at(-1)?.prompt ?? [];
  const parts = seen.filter(({ role }) => role === 'tool').flatMap(({ content }) => [...content]);
  return parts.map((part) => JSON.stringify(part));
}
