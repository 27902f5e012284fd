import { governed } from '@countersign/sdk/langchain';
import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import { createAgent, createMiddleware, ToolMessage, tool } from 'langchain';
import { z } from 'zod';
import { describeGate, type ScriptedCall } from './gate-contract.ts';

class ScriptedModel extends BaseChatModel {
  readonly #script: ScriptedCall[];

  constructor(script: readonly ScriptedCall[]) {
    super({});
    this.#script = [...script];
  }

  _llmType(): string {
    return 'scripted';
  }

  override bindTools(): this {
    return this;
  }

  async _generate(_messages: BaseMessage[]) {
    const call = this.#script.shift();
    const message =
      call === undefined
        ? new AIMessage('done')
        : new AIMessage({
            content: '',
            tool_calls: [{ id: call.id, name: call.tool, args: { ...call.arguments }, type: 'tool_call' }],
          });
    return { generations: [{ text: '', message }] };
  }
}

describeGate('hook.langchain: LangChain', async (gate, script, execute) => {
  const make = (name: string, member: string) =>
    tool(async (given) => execute(name, given), {
      ...{ name, description: name, schema: z.object({ [member]: z.string() }) },
    });
  const agent = createAgent({
    model: new ScriptedModel(script),
    tools: [make('Read', 'file_path'), make('Bash', 'command'), make('WebFetch', 'url')],
    middleware: [createMiddleware(governed(gate, ToolMessage))],
  });
  const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'Tidy the desk' }] });
  const results = messages.filter((message) => ToolMessage.isInstance(message));
  return { answers: results.map((message) => String(message.content)) };
});
