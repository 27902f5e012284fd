import { governed } from '@countersign/sdk/ai';
import { generateText, isStepCount, tool } from 'ai';
import { z } from 'zod';
import { describeGate } from './gate-contract.ts';
import { createScriptedModel, listAnswers } from './scripted-model.ts';

describeGate('hook.ai: AI SDK', async (gate, script, execute) => {
  const model = createScriptedModel(script);
  const make = (name: string, member: string) =>
    tool({
      inputSchema: z.object({ [member]: z.string() }),
      execute: async (given) => execute(name, given),
    });
  await generateText({
    ...{ model, prompt: 'Tidy the desk', stopWhen: isStepCount(script.length + 1) },
    tools: {
      Read: make('Read', 'file_path'),
      Bash: make('Bash', 'command'),
      WebFetch: make('WebFetch', 'url'),
    },
    ...governed(gate),
  });
  return { answers: listAnswers(model) };
});
