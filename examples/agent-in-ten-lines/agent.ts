import { readFileSync } from 'node:fs';
import { Agent } from '@countersign/sdk';
import { connectMcp } from '@countersign/sdk/mcp';

const {
  COUNTERSIGN_URL: url = 'http://localhost:7420',
  AGENT_ID: agentId = '',
  AGENT_KEY = '',
} = process.env;
const agent = await Agent.create({ url, agentId, key: JSON.parse(readFileSync(AGENT_KEY, 'utf8')) });
await using task = await agent.openTask({ purpose: 'See what is due' });
const client = await connectMcp(task, 'payments');
console.log(JSON.stringify(await client.callTool({ name: 'list_invoices' })));
await client.close();
