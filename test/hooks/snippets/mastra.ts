import { Gate, governed } from '@countersign/sdk/mastra';
import { agent, mastraAgent, prompt } from './app.ts';

await using gate = await Gate.open(agent, { upstream: 'desk', purpose: 'Tidy the desk', prompt });
await mastraAgent.generate(prompt, { hooks: governed(gate) });
