import { describe, expect, it } from 'vitest';
import { type Attended, adviseOnAttention, measureAttention } from './attention.ts';

const decide = (change: Partial<Attended> = {}): Attended => ({
  ...{ person: 'per_a', outcome: 'approve', agent: 'agt_a', tool: 'payments/refund', policies: ['ask'] },
  ...{ readMilliseconds: 2_000, opened: 0, waitedMilliseconds: 60_000, isRegretted: false },
  ...change,
});
const many = (count: number, change?: Partial<Attended>) =>
  Array.from({ length: count }, () => decide(change));

describe('attention', () => {
  it('is measured for each person, and says what is not known', () => {
    const told = measureAttention([
      decide({ readMilliseconds: 1_000 }),
      decide({ readMilliseconds: 3_000, opened: 2, isRegretted: true }),
      decide({ outcome: 'deny', readMilliseconds: null, opened: null }),
      decide({ person: 'per_b', readMilliseconds: null, opened: null }),
    ]);
    expect(told).toEqual([
      {
        ...{ person: 'per_a', approved: 2, denied: 1, regretted: 1 },
        ...{ medianReadMilliseconds: 2_000, medianWaitMilliseconds: 60_000, neverOpenedShare: 0.5 },
      },
      {
        ...{ person: 'per_b', approved: 1, denied: 0, regretted: 0 },
        ...{ medianReadMilliseconds: null, medianWaitMilliseconds: 60_000, neverOpenedShare: null },
      },
    ]);
  });

  it('advises to write a policy where one person always says yes at once', () => {
    const [first] = adviseOnAttention(many(40));
    expect(first).toEqual({
      ...{ kind: 'write_a_policy', person: 'per_a', agent: 'agt_a', tool: 'payments/refund' },
      ...{ approved: 40, medianReadMilliseconds: 2_000 },
    });
  });

  it.each<[string, readonly Attended[]]>([
    ['fewer than 20 decisions', many(19)],
    ['a single no', [...many(30), decide({ outcome: 'deny' })]],
    ['people who read', many(30, { readMilliseconds: 9_000, policies: [] })],
    ['people who were not measured', many(30, { readMilliseconds: null, policies: [] })],
  ])('advises nothing on %s', (_what, decisions) => {
    expect(adviseOnAttention(decisions)).toEqual([]);
  });

  it('says which policy’s question nobody ever answers with no', () => {
    const slow = many(25, { readMilliseconds: 60_000 });
    expect(adviseOnAttention(slow)).toEqual([{ kind: 'adds_no_control', policy: 'ask', decided: 25 }]);
  });
});
