import { requireJson } from './join-person.ts';
import type { TestGateway } from './test-gateway.ts';

/** Puts terms of an organisation in force: proposed by the operator, signed by the administrator's passkey. */
export async function trustOrganisation(
  gateway: Pick<TestGateway, 'operator' | 'administrator'>,
  terms: object,
): Promise<{ readonly name: string; readonly state: string; readonly openTasks: number }> {
  const { administrator } = gateway;
  const proposed = await gateway.operator('POST', '/v1/organisations/changes', terms);
  const path = `/v1/organisations/changes/${requireJson<{ id: string }>(proposed).id}`;
  const begun = await administrator.request('POST', `${path}/challenge`, {});
  const { challenge } = requireJson<{ challenge: string }>(begun);
  const assertion = administrator.passkey.assert(challenge);
  return requireJson(await administrator.request('POST', `${path}/sign`, { assertion }));
}
