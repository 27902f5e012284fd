import { describe, expect, it } from 'vitest';
import { callApi } from './ground/call-api.ts';
import { readEvidence } from './ground/read-evidence.ts';
import { useApi } from './ground/use-api.ts';

const policy = `
  @id("one") @redact("/path") @notice("Für diesen Zweck only: 100%") permit (principal,
    action == Countersign::Action::"shop/getCustomer", resource);
  @id("rest") @redact("/nothing") permit (principal, action, resource)
    unless { action == Countersign::Action::"shop/getCustomer" };`;

describe('http.obligations', () => {
  const scene = useApi(policy);
  const get = (target: string) => callApi(scene().gateway, scene().caller, 'GET', target);

  it('are met in the body, and in the headers', async () => {
    const { gateway, caller } = scene();
    const reply = await get('shop/customers/7');
    expect(reply.status, reply.body).toBe(200);
    expect(reply.json).toMatchObject({ method: 'GET', path: '[redacted by policy]' });
    // A header may name what the body must not.
    expect(reply.headers).not.toHaveProperty('x-shard');
    expect(reply.headers).not.toHaveProperty('link');
    const notice = decodeURIComponent(String(reply.headers['countersign-notice']));
    expect(notice).toContain('Für diesen Zweck only: 100%');
    const { outcome } = await readEvidence(gateway, {
      agent: caller.agent.agentId,
      tool: 'shop/getCustomer',
    });
    expect(outcome).toMatchObject({ body: { obligations: { redacted: 2 }, httpStatus: 200 } });
  });

  it('refuse what they cannot be met in', async () => {
    // JSON with a number that readers take differently, and a page.
    for (const how of ['number', 'page'])
      expect(await get(`shop/behave?how=${how}`), how).toMatchObject({
        status: 403,
        json: { code: 'action.obligation_unmet' },
      });
  });
});
