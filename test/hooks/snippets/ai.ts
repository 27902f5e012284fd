import { Gate, governed } from '@countersign/sdk/ai';
import { ToolLoopAgent } from 'ai';
import { agent, model, prompt, tools } from './app.ts';

await using gate = await Gate.open(agent, { upstream: 'desk', purpose: 'Tidy the desk', prompt });
const assistant = new ToolLoopAgent({ model, tools, ...governed(gate) });
await assistant.generate({ prompt });
