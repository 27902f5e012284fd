import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { Task } from '@countersign/sdk';
import { connectMcp } from '@countersign/sdk/mcp';
import { generateText, isStepCount, type ToolSet, tool } from 'ai';
import { z } from 'zod';

/** One run of an agent as the AI SDK makes it: its model is asked through the gateway, and so are the tools it has. */
export async function runAgent(
  task: Task,
  { system, prompt, tools }: { readonly system: string; readonly prompt: string; readonly tools: ToolSet },
): Promise<string> {
  const models = createOpenAICompatible({
    name: 'openai',
    baseURL: new URL('/models/openai/v1', task.endpoint('openai')).href,
    fetch: task.fetchFor('openai'),
  });
  const { text } = await generateText({
    ...{ model: models('scripted-1'), system, prompt, tools },
    ...{ stopWhen: isStepCount(6), maxRetries: 0 },
  });
  return text;
}

/** A tool of an upstream, as agents have it: the official MCP client, governed. */
export function upstreamTool(
  task: Task,
  upstream: string,
  name: string,
  inputSchema: z.ZodObject,
): ToolSet[string] {
  return tool({
    ...{ description: name, inputSchema },
    execute: async (given) => {
      const client = await connectMcp(task, upstream);
      try {
        // Whoever wants to hear of progress is kept waiting while a person is asked.
        const options = { timeout: 60_000, onprogress: () => {} };
        const { content } = await client.callTool({ name, arguments: given }, options);
        return content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
      } finally {
        await client.close();
      }
    },
  });
}

/** Another agent, asked like a tool. */
export function agentTool(ask: (question: string) => Promise<string>): ToolSet[string] {
  return tool({
    ...{ description: 'Asks another agent', inputSchema: z.object({ question: z.string() }) },
    execute: ({ question }) => ask(question),
  });
}
