import { joinPerson, makeClientAssertion } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { issuesToken } from './ground/issues-token.ts';
import { useGround } from './ground/use-ground.ts';

describe('person.used-invitation', () => {
  const ground = useGround();

  it('has its like at a naive gateway: what lets somebody in once lets anybody in again', async () => {
    const { naive } = ground();
    const { key, agentId } = naive.agent;
    const invitation = await makeClientAssertion({ key, clientId: agentId, audience: naive.issuer });
    await naive.requestToken(invitation);
    expect(issuesToken(await naive.requestToken(invitation))).toBe(true);
  });

  it('is refused here, and so is an invented one', async () => {
    const { gateway } = ground().here;
    const invited = await gateway.operator('POST', '/v1/people', { displayName: 'New', roles: ['auditor'] });
    const { link } = invited.json as { link: string };
    await joinPerson(gateway.url, link);
    await expect(joinPerson(gateway.url, link)).rejects.toThrow('person.invite_invalid');
    await expect(joinPerson(gateway.url, `/join#${'A'.repeat(43)}`)).rejects.toThrow('person.invite_invalid');
  });
});
