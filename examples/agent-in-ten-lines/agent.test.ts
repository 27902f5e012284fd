import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { generateAgentKey } from '@countersign/sdk';
import { PLAIN_TOOLS, startGateway, startPlainUpstream } from '@countersign/testkit';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('./agent.ts', import.meta.url));
const conditions = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
const tools = [{ ...PLAIN_TOOLS[0], name: 'list_invoices', inputSchema: { type: 'object' } }] as const;

test('ten lines bring an agent behind the gateway, and its call is on record', async () => {
  const upstream = await startPlainUpstream({
    tools: tools.map((tool) => ({ description: '', ...tool })),
    call: () => ({ content: [{ type: 'text', text: 'INV-2041' }] }),
  });
  const gateway = await startGateway();
  const folder = await mkdtemp(join(tmpdir(), 'countersign-example-'));
  try {
    await gateway.addUpstream('payments', { url: upstream.url });
    const { key, privateJwk } = await generateAgentKey();
    await writeFile(join(folder, 'agent.key'), JSON.stringify(privateJwk), { mode: 0o600 });
    const { agent } = await gateway.enrol({ isDefault: true });
    await gateway.operator('POST', `/v1/agents/${agent.agentId}/keys`, { jwk: key.publicJwk });
    const { stdout } = await promisify(execFile)(process.execPath, [...conditions, program], {
      env: { COUNTERSIGN_URL: gateway.url, AGENT_ID: agent.agentId, AGENT_KEY: join(folder, 'agent.key') },
    });
    expect(JSON.parse(stdout).content).toEqual([{ type: 'text', text: 'INV-2041' }]);
    const outcomes = await gateway.records({ kind: 'action.outcome', agent: agent.agentId });
    expect(outcomes.filter(({ tool }) => tool === 'list_invoices')).toHaveLength(1);
  } finally {
    await gateway.stop();
    await upstream.close();
    await rm(folder, { recursive: true });
  }
}, 60_000);
