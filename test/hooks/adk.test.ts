import { type Gate, governPlugin, policyEngine } from '@countersign/sdk/adk';
import {
  BaseLlm,
  BasePlugin,
  FunctionTool,
  InMemoryRunner,
  LlmAgent,
  type LlmRequest,
  type LlmResponse,
  SecurityPlugin,
} from '@google/adk';
import { z } from 'zod';
import { describeGate, type Play, type ScriptedCall } from './gate-contract.ts';

class ScriptedModel extends BaseLlm {
  readonly requests: LlmRequest[] = [];
  readonly #script: ScriptedCall[];

  constructor(script: readonly ScriptedCall[]) {
    super({ model: 'scripted' });
    this.#script = [...script];
  }

  override async *generateContentAsync(request: LlmRequest): AsyncGenerator<LlmResponse, void> {
    this.requests.push(request);
    const call = this.#script.shift();
    const part =
      call === undefined
        ? { text: 'done' }
        : { functionCall: { id: call.id, name: call.tool, args: { ...call.arguments } } };
    yield { content: { role: 'model', parts: [part] } };
  }

  override connect(): never {
    throw new Error('not live');
  }
}

const playWith =
  (pluginOf: (gate: Gate) => BasePlugin): Play =>
  async (gate, script, execute) => {
    const make = (name: string, member: string) =>
      new FunctionTool({
        ...{ name, description: name, parameters: z.object({ [member]: z.string() }) },
        execute: async (given) => execute(name, given),
      });
    const model = new ScriptedModel(script);
    const tools = [make('Read', 'file_path'), make('Bash', 'command'), make('WebFetch', 'url')];
    const agent = new LlmAgent({ name: 'desk_bot', model, instruction: 'Tidy', tools });
    const runner = new InMemoryRunner({ agent, appName: 'desk', plugins: [pluginOf(gate)] });
    const session = await runner.sessionService.createSession({ appName: 'desk', userId: 'ada' });
    const newMessage = { role: 'user', parts: [{ text: 'Tidy the desk' }] };
    const answers: string[] = [];
    for await (const event of runner.runAsync({ userId: 'ada', sessionId: session.id, newMessage })) {
      for (const part of event.content?.parts ?? [])
        if (part.functionResponse !== undefined) answers.push(JSON.stringify(part.functionResponse.response));
    }
    return { answers };
  };

describeGate(
  'hook.adk: plugin',
  playWith((gate) => governPlugin(BasePlugin, gate)),
);

describeGate(
  'hook.adk: SecurityPlugin',
  playWith((gate) => new SecurityPlugin({ policyEngine: policyEngine(gate) })),
  { reports: false },
);
