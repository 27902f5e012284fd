import { governed } from '@countersign/sdk/openai';
import {
  Agent,
  type Model,
  type ModelRequest,
  type ModelResponse,
  Runner,
  setTracingDisabled,
  tool,
  Usage,
} from '@openai/agents-core';
import { z } from 'zod';
import { describeGate, type ScriptedCall } from './gate-contract.ts';

setTracingDisabled(true);

class ScriptedModel implements Model {
  readonly requests: ModelRequest[] = [];
  readonly #script: ScriptedCall[];

  constructor(script: readonly ScriptedCall[]) {
    this.#script = [...script];
  }

  async getResponse(request: ModelRequest): Promise<ModelResponse> {
    this.requests.push(request);
    const call = this.#script.shift();
    const output: ModelResponse['output'] =
      call === undefined
        ? [
            {
              ...{ type: 'message', role: 'assistant', status: 'completed' },
              content: [{ type: 'output_text', text: 'done' }],
            },
          ]
        : [
            {
              ...{ type: 'function_call', callId: call.id, name: call.tool, status: 'completed' },
              arguments: JSON.stringify(call.arguments),
            },
          ];
    return { usage: new Usage(), output };
  }

  // biome-ignore lint/correctness/useYield: nothing is streamed here
  async *getStreamedResponse(): AsyncGenerator<never> {
    throw new Error('not streamed');
  }
}

describeGate('hook.openai: OpenAI Agents', async (gate, script, execute) => {
  const model = new ScriptedModel(script);
  const make = (name: string, member: string) =>
    tool({
      name,
      description: name,
      parameters: z.object({ [member]: z.string() }),
      execute: async (given) => execute(name, given),
      ...governed(gate),
    });
  const tools = [make('Read', 'file_path'), make('Bash', 'command'), make('WebFetch', 'url')];
  const agent = new Agent({ name: 'desk bot', instructions: 'Tidy', tools, model });
  await new Runner().run(agent, 'Tidy the desk');
  const { input } = model.requests.at(-1) ?? { input: [] };
  const items = typeof input === 'string' ? [] : input;
  const results = items.filter(({ type }) => type === 'function_call_result');
  return { answers: results.map((item) => JSON.stringify(item)) };
});
