import { existsSync, writeFileSync } from 'node:fs';
import { Agent, generateAgentKey, type Task } from '@countersign/sdk';
import { readPrivateKey } from '../../agent-key-file.ts';
import type { ControlClient } from '../../control/control-client.ts';
import type { AgentFacts } from '../agents/agent.ts';
import type { Delegation } from '../delegations/delegation.ts';
import type { Person } from '../people/person.ts';
import { demoKeyFile } from './demo-folder.ts';

const agentName = 'demo-agent';
const delegationSeconds = 8 * 3600;
const taskSeconds = 900;

export interface DemoAgent {
  readonly agentId: string;
  readonly delegation: Delegation;
  readonly task: Task;
}

/** An agent with a key of its own, a delegation from its owner, and one open task. */
export async function enrolAgent(
  api: ControlClient,
  setting: { url: string; dataFolder: string; folder: string; owner: Person },
): Promise<DemoAgent> {
  const { url, dataFolder, folder, owner } = setting;
  const agentId = await registerOnce(api, dataFolder, owner);
  const delegation = await api.send<Delegation>('POST', '/v1/delegations', {
    agentId,
    fromPersonId: owner.id,
    purpose: 'Demo: settle the invoices that are due',
    isDefault: true,
    limits: {
      upstreams: ['files', 'payments'],
      actions: ['files/read_text_file', 'payments/*'],
      // So wide that it is the policy, not the limits, that refuses the call it must not make.
      effects: ['read', 'spend', 'admin'],
      arguments: [{ action: 'files/*', path: '/path', rule: { pathWithin: folder }, optional: true }],
      expiresAt: Date.now() + delegationSeconds * 1000,
      calls: 100,
      spendMinor: 100_000,
      currency: 'EUR',
    },
  });
  const agent = await Agent.create({ url, agentId, key: readPrivateKey(demoKeyFile(dataFolder)) });
  const task = await agent.openTask({
    purpose: 'Demo: settle INV-2041',
    prompt: 'Please settle the invoice from Northwind Paper, and tidy up old customers while you are there.',
    delegationId: delegation.id,
    ttlSeconds: taskSeconds,
  });
  return { agentId, delegation, task };
}

async function registerOnce(api: ControlClient, dataFolder: string, owner: Person): Promise<string> {
  const file = demoKeyFile(dataFolder);
  const known = (await api.list<AgentFacts>('/v1/agents', { limit: 200 })).find(
    ({ name }) => name === agentName,
  );
  if (known !== undefined && existsSync(file)) return known.id;
  const { key, privateJwk } = await generateAgentKey();
  writeFileSync(file, `${JSON.stringify(privateJwk)}\n`, { mode: 0o600 });
  if (known !== undefined) {
    await api.send('POST', `/v1/agents/${known.id}/keys`, { jwk: key.publicJwk, overlapSeconds: 0 });
    return known.id;
  }
  const purpose = 'Demo: shows one allowed, one denied and one approved call';
  const body = {
    name: agentName,
    ownerId: owner.id,
    purpose,
    environment: 'development',
    jwk: key.publicJwk,
  };
  return (await api.send<AgentFacts>('POST', '/v1/agents', body)).id;
}
