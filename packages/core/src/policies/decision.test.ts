import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combine, type EvaluatedPolicy, MOST_OBSERVED, type VerdictReasonCode } from './decision.ts';

const FINANCE = 'approvers=role:finance,role:ops; quorum=2';
const OPS = 'approvers=role:ops; within=5m';

function permit(id: string, change: Partial<EvaluatedPolicy> = {}): EvaluatedPolicy {
  return { id, effect: 'permit', mode: 'enforce', outcome: 'satisfied', ...change };
}

function forbid(
  id: string,
  stepUp?: string,
  outcome: EvaluatedPolicy['outcome'] = 'satisfied',
): EvaluatedPolicy {
  return { id, effect: 'forbid', mode: 'enforce', outcome, ...(stepUp !== undefined && { stepUp }) };
}

const ERRING_PERMIT = permit('p2', { outcome: 'error' });
const MARKED_PERMIT = permit('p3', { stepUp: OPS });

describe('combine', () => {
  it.each<[string, EvaluatedPolicy[], 'allow' | 'step_up' | 'deny', VerdictReasonCode[], string[]]>([
    ['no policy', [], 'deny', ['no_permit'], []],
    ['permits', [permit('p2'), permit('p1'), permit('p1')], 'allow', ['permitted'], ['p1', 'p2']],
    [
      'a permit and one that errs',
      [permit('p1'), ERRING_PERMIT],
      'allow',
      ['permitted', 'permit_failed'],
      ['p1'],
    ],
    ['only a permit that errs', [ERRING_PERMIT], 'deny', ['no_permit', 'permit_failed'], []],
    ['only a permit marked as a step-up', [MARKED_PERMIT], 'deny', ['no_permit', 'step_up_on_permit'], []],
    ['a forbid', [permit('p1'), forbid('f1')], 'deny', ['forbidden'], ['f1']],
    ['a forbid alone', [forbid('f1')], 'deny', ['forbidden'], ['f1']],
    [
      'a forbid that errs',
      [permit('p1'), forbid('f1', undefined, 'error')],
      'deny',
      ['forbid_failed'],
      ['f1'],
    ],
    ['a step-up that errs', [permit('p1'), forbid('s1', OPS, 'error')], 'deny', ['forbid_failed'], ['s1']],
    ['a step-up', [permit('p1'), forbid('s1', OPS)], 'step_up', ['step_up_required'], ['s1']],
    ['a step-up without a permit', [forbid('s1', OPS)], 'deny', ['no_permit'], []],
    [
      'a step-up and an erring permit',
      [ERRING_PERMIT, forbid('s1', OPS)],
      'deny',
      ['no_permit', 'permit_failed'],
      [],
    ],
    [
      'a step-up and a forbid',
      [permit('p1'), forbid('s1', OPS), forbid('f1')],
      'deny',
      ['forbidden'],
      ['f1'],
    ],
    ['an unreadable step-up', [permit('p1'), forbid('s1', 'anyone')], 'deny', ['step_up_unreadable'], ['s1']],
    ['an empty step-up', [permit('p1'), forbid('s1', '')], 'deny', ['step_up_unreadable'], ['s1']],
    [
      'step-ups without an approver in common',
      [permit('p1'), forbid('s1', OPS), forbid('s2', 'approvers=role:legal')],
      'deny',
      ['step_up_impossible'],
      ['s1', 's2'],
    ],
    [
      'an unknown effect',
      [permit('p1'), { ...permit('x'), effect: 'allow' as 'permit' }],
      'deny',
      ['forbidden'],
      ['x'],
    ],
    [
      'an unknown outcome',
      [permit('p1', { outcome: 'maybe' as 'error' })],
      'deny',
      ['no_permit', 'permit_failed'],
      [],
    ],
  ])('%s', (_, policies, effect, codes, policyIds) => {
    const verdict = combine({ policies });
    expect(verdict.effect).toBe(effect);
    expect(verdict.reasons.map((reason) => reason.code)).toEqual(codes);
    expect(verdict.policyIds).toEqual(policyIds);
    expect('requirement' in verdict).toBe(effect === 'step_up');
  });

  it('merges several step-ups into the strictest', () => {
    expect(combine({ policies: [permit('p1'), forbid('s2', FINANCE), forbid('s1', OPS)] })).toEqual({
      effect: 'step_up',
      requirement: {
        approvers: ['role:ops'],
        excluded: [],
        quorum: 2,
        method: 'passkey',
        withinSeconds: 300,
        notify: [],
      },
      policyIds: ['s1', 's2'],
      permits: ['p1'],
      reasons: [{ code: 'step_up_required', policyIds: ['s1', 's2'] }],
      observed: [],
    });
  });

  it('denies when the engine failed, whatever it said', () => {
    expect(combine({ policies: [permit('p1')], failed: true })).toEqual({
      effect: 'deny',
      policyIds: [],
      permits: [],
      reasons: [{ code: 'engine_failed', policyIds: [] }],
      observed: [],
    });
  });

  it.each<[string, EvaluatedPolicy[], string, object[]]>([
    [
      'a forbid that is only observed',
      [permit('p1'), { ...forbid('f1'), mode: 'shadow' }, { ...forbid('s1', OPS), mode: 'warn' }],
      'allow',
      [
        { policyId: 'f1', mode: 'shadow', would: 'deny' },
        { policyId: 's1', mode: 'warn', would: 'step_up' },
      ],
    ],
    [
      'a forbid that errs and is only observed',
      [permit('p1'), { ...forbid('f1', undefined, 'error'), mode: 'warn' }],
      'allow',
      [{ policyId: 'f1', mode: 'warn', would: 'deny' }],
    ],
    [
      'a permit that is only observed, which grants nothing',
      [permit('p1', { mode: 'shadow' }), permit('p2', { mode: 'warn' })],
      'deny',
      [
        { policyId: 'p1', mode: 'shadow', would: 'allow' },
        { policyId: 'p2', mode: 'warn', would: 'allow' },
      ],
    ],
    ['one that would change nothing', [permit('p1'), permit('p2', { mode: 'shadow' })], 'allow', []],
    [
      'one behind an enforced forbid',
      [permit('p1'), forbid('f1'), { ...forbid('f2'), mode: 'shadow' }],
      'deny',
      [],
    ],
    [
      'a stricter step-up',
      [permit('p1'), forbid('s1', OPS), { ...forbid('s2', FINANCE), mode: 'shadow' }],
      'step_up',
      [{ policyId: 's2', mode: 'shadow', would: 'step_up' }],
    ],
  ])('tells what would have been of %s', (_, policies, effect, observed) => {
    const verdict = combine({ policies });
    expect([verdict.effect, verdict.observed]).toEqual([effect, observed]);
  });

  it('observes no more than it may tell', () => {
    const many = Array.from({ length: 50 }, (_, i) => ({ ...forbid(`f${i}`), mode: 'shadow' as const }));
    expect(combine({ policies: [permit('p1'), ...many] }).observed).toHaveLength(MOST_OBSERVED);
  });

  const policy: fc.Arbitrary<EvaluatedPolicy> = fc
    .record({
      id: fc.constantFrom('a', 'b', 'c'),
      effect: fc.constantFrom('permit', 'forbid'),
      mode: fc.constantFrom('enforce', 'enforce', 'warn', 'shadow'),
      outcome: fc.constantFrom('satisfied', 'satisfied', 'satisfied', 'error'),
      stepUp: fc.constantFrom(undefined, undefined, OPS, FINANCE, 'bad'),
    })
    .map(({ stepUp, ...rest }) => (stepUp === undefined ? rest : { ...rest, stepUp }));

  const RANKS = { deny: 0, step_up: 1, allow: 2 };

  it('is never loosened by one more forbid, nor changed by the order', () => {
    fc.assert(
      fc.property(fc.array(policy, { maxLength: 5 }), policy, (policies, extra) => {
        const verdict = combine({ policies });
        const stricter = combine({ policies: [...policies, { ...extra, effect: 'forbid' }] });
        expect(RANKS[stricter.effect]).toBeLessThanOrEqual(RANKS[verdict.effect]);
        expect(combine({ policies: [...policies].reverse() }).effect).toBe(verdict.effect);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the verdict of the enforced policies alone', () => {
    fc.assert(
      fc.property(fc.array(policy, { maxLength: 6 }), (policies) => {
        const { observed: _, ...verdict } = combine({ policies });
        const alone = combine({ policies: policies.filter((one) => one.mode === 'enforce') });
        expect({ ...verdict, observed: [] }).toEqual(alone);
      }),
      { numRuns: 1000 },
    );
  });

  it('says what Cedar says, except that it asks instead of denying, or denies for an erring forbid', () => {
    fc.assert(
      fc.property(fc.array(policy, { maxLength: 5 }), (policies) => {
        const counted = policies.filter((one) => one.mode === 'enforce');
        const holds = (effect: string): boolean =>
          counted.some((one) => one.effect === effect && one.outcome === 'satisfied');
        const cedarAllows = holds('permit') && !holds('forbid');
        const verdict = combine({ policies });
        if (verdict.effect === 'allow') expect(cedarAllows).toBe(true);
        const errs = counted.some((one) => one.effect === 'forbid' && one.outcome === 'error');
        const marked = counted.some((one) => one.effect === 'permit' && one.stepUp !== undefined);
        if (cedarAllows && !errs && !marked) expect(verdict.effect).toBe('allow');
      }),
      { numRuns: 1000 },
    );
  });
});
