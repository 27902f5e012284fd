import { Gate, governed } from '@countersign/sdk/openai';
import { Agent, run, tool } from '@openai/agents-core';
import { agent, bash, prompt } from './app.ts';

await using gate = await Gate.open(agent, { upstream: 'desk', purpose: 'Tidy the desk', prompt });
const assistant = new Agent({ name: 'desk', tools: [tool({ ...bash, ...governed(gate) })] });
await run(assistant, prompt);
