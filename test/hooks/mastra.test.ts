import { governed } from '@countersign/sdk/mastra';
import { Agent, type AgentConfig } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { z } from 'zod';
import { describeGate } from './gate-contract.ts';
import { createScriptedModel, listAnswers } from './scripted-model.ts';

/** Mastra wants of `doGenerate` the type that `doStream` has. */
type Model = Extract<AgentConfig['model'], { readonly specificationVersion: 'v4' }>;

describeGate('hook.mastra: Mastra', async (gate, script, execute) => {
  const model = createScriptedModel(script);
  const make = (id: string, member: string) =>
    createTool({
      ...{ id, description: id, inputSchema: z.object({ [member]: z.string() }) },
      execute: async (given) => execute(id, given),
    });
  const agent = new Agent({
    ...{ id: 'desk-bot', name: 'desk bot', instructions: 'Tidy', model: model as unknown as Model },
    tools: {
      Read: make('Read', 'file_path'),
      Bash: make('Bash', 'command'),
      WebFetch: make('WebFetch', 'url'),
    },
  });
  await agent.generate('Tidy the desk', { hooks: governed(gate), maxSteps: script.length + 1 });
  return { answers: listAnswers(model) };
});
