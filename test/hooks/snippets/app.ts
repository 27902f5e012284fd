import { Agent } from '@countersign/sdk';
import { LlmAgent } from '@google/adk';
import { Agent as MastraAgent } from '@mastra/core/agent';
import { tool as aiTool } from 'ai';
import { tool as langchainTool } from 'langchain';
import { z } from 'zod';
import { createScriptedModel } from '../scripted-model.ts';

/** What the reader of a snippet has already. */
export const agent = await Agent.create({ url: 'http://localhost:7420', agentId: 'agt_' });
export const prompt = 'Tidy the desk';
export const model = createScriptedModel([]);

const inputSchema = z.object({ command: z.string() });
const execute = async () => '';

export const tools = { Bash: aiTool({ inputSchema, execute }) };
export const bash = { name: 'Bash', description: 'Runs a command.', parameters: inputSchema, execute };
export const langchainTools = [langchainTool(execute, { name: 'Bash', schema: inputSchema })];
export const mastraAgent = new MastraAgent({
  ...{ id: 'desk', name: 'desk', instructions: 'Tidy', model: 'openai/gpt-5' },
});
export const adkAgent = new LlmAgent({ name: 'desk', model: 'gemini-3' });
