import { query } from '@anthropic-ai/claude-agent-sdk';
import { Gate, governed } from '@countersign/sdk/claude';
import { agent, prompt } from './app.ts';

await using gate = await Gate.open(agent, { upstream: 'claude-code', purpose: 'Tidy the desk', prompt });
for await (const _ of query({ prompt, options: { hooks: governed(gate) } }));
