import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import type { Side } from './ground/side.ts';
import { useGround } from './ground/use-ground.ts';

const BUDGET = 3;

describe('task.budget-race', () => {
  const ground = useGround({ calls: BUDGET, limits: { calls: BUDGET } });
  const race = (side: Side) =>
    Promise.all(Array.from({ length: 12 }, (_, n) => side.call('echo', { text: `call ${n}` })));

  it('spends more than there is at a naive gateway', async () => {
    const { naive } = ground();
    await race(naive);
    expect(naive.forwarded()).toBeGreaterThan(BUDGET);
  });

  it('spends the budget and not one call more here', async () => {
    const { here } = ground();
    const replies = await race(here);
    expect(here.forwarded()).toBe(BUDGET);
    expect(replies.filter(isResult)).toHaveLength(BUDGET);
    const refused = replies.filter((reply) => !isResult(reply)).map(readRefusal);
    expect(new Set(refused)).toEqual(new Set(['task.budget_spent']));
  });
});
