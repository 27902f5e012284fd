import { createRawAgent } from '../agent/create-raw-agent.ts';
import { makeAgentKey } from '../keys/make-agent-key.ts';
import { requireJson } from './join-person.ts';
import type { EnrolledAgent, EnrolOptions, GatewayDriver } from './test-gateway.ts';

const HOUR = 3_600_000;
let enrolled = 0;

/** Registers an agent, delegates to it, opens a task and gets a token for every one of `resources`. */
export async function enrolAgent(
  gateway: Pick<GatewayDriver, 'url' | 'operator' | 'administrator'>,
  options: EnrolOptions & { readonly resources: readonly string[]; readonly now: () => number },
): Promise<EnrolledAgent> {
  const { limits, isDefault = false, resources, now, owner = gateway.administrator } = options;
  const key = options.key ?? (await makeAgentKey());
  const registered = await gateway.operator('POST', '/v1/agents', {
    name: options.name ?? `agent-${++enrolled}`,
    ownerId: owner.id,
    purpose: 'To be tested',
    environment: 'development',
    jwk: key.publicJwk,
  });
  const { id: agentId } = requireJson<{ id: string }>(registered);
  const delegated = await gateway.operator('POST', '/v1/delegations', {
    agentId,
    fromPersonId: owner.id,
    purpose: 'To be tested',
    isDefault,
    limits: {
      upstreams: '*',
      actions: ['*'],
      effects: ['read', 'write', 'spend', 'admin', 'egress'],
      spendMinor: null,
      expiresAt: now() + HOUR,
      ...limits,
    },
  });
  const { id: delegation } = requireJson<{ id: string }>(delegated);
  const agent = createRawAgent({ issuer: gateway.url, agentId, key, now });
  const { id: task } = await agent.openTask({
    delegationId: delegation,
    purpose: 'A test',
    ...(options.prompt === undefined ? {} : { prompt: options.prompt }),
  });
  const renew = () => agent.token({ task, resource: resources });
  return { agent, delegation, task, renew, token: resources.length === 0 ? '' : await renew() };
}
