import { Gate, governed } from '@countersign/sdk/langchain';
import { createAgent, createMiddleware, ToolMessage } from 'langchain';
import { agent, langchainTools, prompt } from './app.ts';

await using gate = await Gate.open(agent, { upstream: 'desk', purpose: 'Tidy the desk', prompt });
const middleware = [createMiddleware(governed(gate, ToolMessage))];
const assistant = createAgent({ model: 'openai:gpt-5', tools: langchainTools, middleware });
await assistant.invoke({ messages: [{ role: 'user', content: prompt }] });
