import { Agent, generateAgentKey } from '@countersign/sdk';
import type { TestGateway } from '@countersign/testkit';
import { requireDone } from '../../scenarios/ground/use-scene.ts';

export interface Crew {
  readonly coordinator: Agent;
  readonly reader: Agent;
  readonly payer: Agent;
  /** What a person gave to the coordinator, who passed a part on to the others. */
  readonly delegation: string;
}

/** Three agents with keys of their own; the first may let the others help. */
export async function enrolAgents(gateway: TestGateway): Promise<Crew> {
  const [coordinator, reader, payer] = [
    await register(gateway, 'coordinator'),
    await register(gateway, 'reader'),
    await register(gateway, 'payer'),
  ];
  const limits = {
    ...{ upstreams: '*', actions: ['*'], effects: ['read', 'write', 'spend', 'egress'] },
    ...{ spendMinor: 1_000_000, currency: 'EUR', depth: 1, expiresAt: Date.now() + 86_400_000 },
  };
  const given = {
    ...{ agentId: coordinator.agentId, fromPersonId: gateway.administrator.id },
    ...{ purpose: 'Pay the invoices', isDefault: true, limits },
  };
  const { id: delegation } = requireDone<{ id: string }>(
    await gateway.operator('POST', '/v1/delegations', given),
  );
  const parts = [
    { to: reader, purpose: 'Read invoices', actions: ['docs/*', 'openai/*'] },
    { to: payer, purpose: 'Pay invoices', actions: ['bank/*', 'openai/*'] },
  ];
  for (const { to, purpose, actions } of parts)
    await coordinator.passOn({ to: to.agentId, delegationId: delegation, purpose, limits: { actions } });
  return { coordinator, reader, payer, delegation };
}

async function register(gateway: TestGateway, name: string): Promise<Agent> {
  const { key } = await generateAgentKey();
  const facts = {
    ...{ name, ownerId: gateway.administrator.id, purpose: 'Pay the invoices' },
    ...{ environment: 'development', jwk: key.publicJwk },
  };
  const { id: agentId } = requireDone<{ id: string }>(await gateway.operator('POST', '/v1/agents', facts));
  return Agent.create({ url: gateway.url, agentId, key });
}
