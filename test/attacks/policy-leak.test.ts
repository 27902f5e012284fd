import { describe, expect, it } from 'vitest';
import { readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

const POLICY = `
@id("only-reading")
permit (principal, action, resource);

@id("nobody-pays-secret-rule")
forbid (principal, action, resource) when { resource.effects.contains("spend") };
`;

describe('policy.leak', () => {
  const ground = useGround({ policy: POLICY });
  const ids = ['nobody-pays', 'secret-rule', 'only-reading', 'forbid', 'cedar', 'spend'];
  const payment = { to: 'DE00', amount: 1, currency: 'EUR' };

  it('tells at a naive gateway what is on which list', async () => {
    const reply = await ground().naive.call('wipe', {});
    expect(reply.body).toContain('on your list');
  });

  it('is closed here: the refusal names no policy', async () => {
    const reply = await ground().here.call('pay', payment);
    expect(readRefusal(reply)).toMatch(/^action\.(denied|tool_unknown)$/);
    expect(ids.filter((id) => reply.body.toLowerCase().includes(id))).toEqual([]);
  });

  it('is closed here: what may not be seen and what does not exist look the same', async () => {
    const { here } = ground();
    const narrow = await here.gateway.enrol({ limits: { actions: ['shop/echo'] } });
    const ask = (tool: string) =>
      here.call(tool, payment, { token: narrow.token, proofKey: narrow.agent.key });
    const [hidden, absent] = [await ask('pay'), await ask('wipe')];
    const plain = (body: string) => body.replaceAll(/(act|rec)_[0-9A-Z]{26}/g, 'ID');
    expect(hidden.status).toBe(absent.status);
    expect([readRefusal(hidden), plain(hidden.body)]).toEqual([readRefusal(absent), plain(absent.body)]);
  });
});
