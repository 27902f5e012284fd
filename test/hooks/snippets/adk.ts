import { Gate, governPlugin } from '@countersign/sdk/adk';
import { BasePlugin, InMemoryRunner } from '@google/adk';
import { adkAgent, agent, prompt } from './app.ts';

await using gate = await Gate.open(agent, { upstream: 'desk', purpose: 'Tidy the desk', prompt });
const runner = new InMemoryRunner({ agent: adkAgent, plugins: [governPlugin(BasePlugin, gate)] });
for await (const _ of runner.runEphemeral({ userId: 'ada', newMessage: { parts: [{ text: prompt }] } }));
