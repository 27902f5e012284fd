import { describe, expect, it } from 'vitest';
import { readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

const POLICY = `
@id("only-reading")
permit (principal, action, resource);

@id("nobody-pays-secret-rule")
forbid (principal, action in Countersign::Action::"effect:spend", resource);
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
});
