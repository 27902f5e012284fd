import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyApprovalEvent, requestApproval, satisfiesNow } from './machine.ts';
import { mergeRequirements } from './merge-requirements.ts';
import { isQuiet } from './quiet-hours.ts';
import { listApprovers, type PersonSelector, type Requirement, type Voter } from './requirement.ts';
import { orderOnCall, type Rota } from './rota.ts';
import { satisfies, type Vote } from './satisfies.ts';
import { parseStepUp } from './step-up.ts';

const START = 1_000_000;

function parse(text: string): Requirement {
  const parsed = parseStepUp(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.detail}`);
  return parsed.requirement;
}

const names = ['a', 'b'];
const selector = fc.oneof(
  fc.constantFrom<PersonSelector>('owner', 'requester'),
  fc
    .tuple(fc.constantFrom('role', 'group', 'oncall', 'rota'), fc.constantFrom(...names))
    .map(([kind, name]) => `${kind}:${name}` as PersonSelector),
);
const list = fc.uniqueArray(selector, { minLength: 1, maxLength: 4 }).map((all) => all.join(','));
const stepUp = fc
  .record({
    approvers: list,
    each: fc.option(list),
    quorum: fc.integer({ min: 1, max: 3 }),
    fresh: fc.option(fc.constantFrom('10s', '60s', '5m')),
    not: fc.option(list),
    escalate: fc.option(fc.tuple(selector, selector)),
    breakGlass: fc.option(list),
    alone: fc.boolean(),
  })
  .map(({ approvers, each, quorum, fresh, not, escalate, breakGlass, alone }) =>
    [
      ...[`approvers=${approvers}`, `quorum=${quorum}`, 'within=10m'],
      each === null ? '' : `each=${each}`,
      fresh === null ? '' : `fresh=${fresh}`,
      not === null ? '' : `not=${not}`,
      escalate === null ? '' : `escalate=1m:${escalate[0]},5m:${escalate[1]}`,
      breakGlass === null ? '' : `breakGlass=${breakGlass}`,
      breakGlass !== null && alone ? 'breakGlassOwner=yes' : '',
    ].join(';'),
  );
/** Only those that can be met. */
const requirement = stepUp
  .map(parseStepUp)
  .filter((parsed) => parsed.ok)
  .map((parsed) => parsed.requirement);

const person = fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5');
const facts = fc.record({
  groups: fc.subarray(names),
  more: fc.subarray(names),
  relations: fc.subarray<'owner' | 'requester'>(['owner', 'requester']),
  rotas: fc.subarray(names),
  isOnCall: fc.boolean(),
});
const own = fc.tuple(person, facts).map(
  ([id, { groups, more, relations, rotas, isOnCall }]): Voter => ({
    ...{ person: id, groups, roles: [...groups, ...more], relations, rotas },
    onCall: isOnCall ? rotas : [],
  }),
);
const voter = fc
  .tuple(own, fc.array(fc.tuple(own, fc.option(fc.subarray(names))), { maxLength: 2 }))
  .map(
    ([one, duties]): Voter => ({ ...one, duties: duties.map(([giver, limit]) => ({ giver, names: limit })) }),
  );
const vote = fc.record({
  voter,
  choice: fc.constant('approve' as const),
  method: fc.constant('passkey' as const),
  at: fc.integer({ min: START - 10, max: START + 70_000 }),
});
const votes: fc.Arbitrary<readonly Vote[]> = fc.array(vote, { maxLength: 6 });
const moment = fc.integer({ min: START + 60_000, max: START + 120_000 });

describe('a quorum', () => {
  it('is as many different people, none of whom or of whose givers stands for another', () => {
    let met = 0;
    fc.assert(
      fc.property(requirement, votes, moment, (required, given, at) => {
        if (!satisfies(required, { votes: given, at, requestedAt: START }).satisfied) return;
        met += 1;
        const oldest = (required.freshSeconds ?? required.withinSeconds) * 1000;
        const able = given.filter((one) => one.at <= at && at - one.at <= oldest);
        const barred = able.filter(({ voter: who }) => required.excluded.some((one) => isMatch(one, who)));
        const people = new Set(able.filter((one) => !barred.includes(one)).map((one) => one.voter.person));
        expect(people.size).toBeGreaterThanOrEqual(Math.max(required.quorum, required.each?.length ?? 0));
      }),
      { numRuns: 4000, seed: 3 },
    );
    expect(met).toBeGreaterThan(50);
  });

  it('of each needs one person for every part', () => {
    const both = parse('each=role:a,role:b');
    const make = (id: string, roles: readonly string[]): Vote => ({
      ...{ voter: { person: id, roles, relations: [] }, choice: 'approve', method: 'passkey', at: START },
    });
    const meets = (...given: Vote[]) => satisfies(both, { votes: given, at: START }).satisfied;
    expect(meets(make('p1', ['a', 'b']), make('p2', ['a', 'b']))).toBe(true);
    expect(meets(make('p1', ['a', 'b']), make('p2', ['a']))).toBe(true);
    expect(meets(make('p1', ['a']), make('p2', ['a']))).toBe(false);
    expect(meets(make('p1', ['a', 'b']))).toBe(false);
  });
});

describe('an escalation', () => {
  it('only adds people', () => {
    fc.assert(
      fc.property(requirement, fc.nat(700), fc.nat(700), (required, first, more) => {
        const early = listApprovers(required, first);
        expect(listApprovers(required, first + more)).toEqual(expect.arrayContaining([...early]));
      }),
    );
  });

  it('that is brought forward counts from then on, and for no other policy', () => {
    const required = parse('approvers=role:a; within=10m; escalate=5m:role:b');
    const asked = requestApproval(required, START);
    const sooner = applyApprovalEvent(asked, { type: 'escalate', at: START + 1 });
    if (!sooner.ok) throw new Error(sooner.code);
    const who: Voter = { person: 'p1', roles: ['b'], relations: [] };
    const cast = { type: 'vote', voter: who, choice: 'approve', method: 'passkey', at: START + 2 } as const;
    expect(applyApprovalEvent(asked, cast)).toEqual({ ok: false, code: 'not_an_approver' });
    const approved = applyApprovalEvent(sooner.state, cast);
    if (!approved.ok) throw new Error(approved.code);
    expect(satisfiesNow(approved.state, required, START + 3).satisfied).toBe(true);
    const other = parse('approvers=role:a; within=10m; escalate=4m:role:b');
    expect(satisfiesNow(approved.state, other, START + 3).satisfied).toBe(false);
    expect(applyApprovalEvent(sooner.state, { type: 'escalate', at: START + 3 })).toMatchObject({
      code: 'no_escalation',
    });
  });
});

describe('a merged requirement', () => {
  it('is met by nothing that does not meet each', () => {
    let met = 0;
    fc.assert(
      fc.property(requirement, requirement, votes, moment, (first, second, given, at) => {
        const merged = mergeRequirements(first, second);
        expect(mergeRequirements(second, first)).toEqual(merged);
        if (!merged.possible) return;
        const all = { votes: given, at, requestedAt: START };
        if (!satisfies(merged.requirement, all).satisfied) return;
        met += 1;
        expect(satisfies(first, all).satisfied).toBe(true);
        expect(satisfies(second, all).satisfied).toBe(true);
      }),
      { numRuns: 12_000, seed: 5 },
    );
    expect(met).toBeGreaterThan(20);
  });

  it('lets nobody break a glass whom not all of them name', () => {
    const first = parse('approvers=role:a; breakGlass=role:x,group:y; breakGlassOwner=yes');
    const second = parse('approvers=role:a; breakGlass=role:y');
    const merged = mergeRequirements(first, second);
    expect(merged).toMatchObject({ requirement: { breakGlass: ['group:y'] } });
    expect(JSON.stringify(merged)).not.toContain('ownerMayBreakGlass');
    expect(JSON.stringify(mergeRequirements(first, parse('approvers=role:a')))).not.toContain('breakGlass');
  });
});

describe('whose turn it is', () => {
  const rota: Rota = {
    ...{ people: ['p1', 'p2', 'p3'], periodDays: 7, startsOn: '2026-03-23', handoverMinute: 540 },
    ...{ timeZone: 'Europe/Berlin', overrides: [] },
  };
  const firstAt = (time: string, changed: Partial<Rota> = {}) =>
    orderOnCall({ ...rota, ...changed }, Date.parse(time))[0];

  it('changes at the hour of its time zone, also when the clocks there change', () => {
    expect(firstAt('2026-03-23T07:59:59Z')).toBe('p3');
    expect(firstAt('2026-03-23T08:00:00Z')).toBe('p1');
    // Summer time began on 29 March.
    expect(firstAt('2026-03-30T06:59:59Z')).toBe('p1');
    expect(firstAt('2026-03-30T07:00:00Z')).toBe('p2');
  });

  it('is that of an override while it lasts', () => {
    const from = Date.parse('2026-03-24T00:00:00Z');
    const overrides = [{ person: 'p9', from, until: from + 1000 }];
    expect(firstAt('2026-03-24T00:00:00.999Z', { overrides })).toBe('p9');
    expect(firstAt('2026-03-24T00:00:01Z', { overrides })).toBe('p1');
    expect(orderOnCall({ ...rota, people: [] }, from)).toEqual([]);
  });

  it('and quiet hours go over midnight', () => {
    const night = { fromMinute: 1320, untilMinute: 420, timeZone: 'UTC' };
    expect([21, 22, 23, 0, 6, 7].map((hour) => isQuiet(night, hour * 3_600_000))).toEqual([
      ...[false, true, true, true, true, false],
    ]);
  });
});

function isMatch(one: PersonSelector, who: Voter): boolean {
  const [kind, name = ''] = one.split(':');
  if (kind === 'role') return who.roles.includes(name);
  if (kind === 'group') return who.groups?.includes(name) === true;
  if (kind === 'oncall') return who.onCall?.includes(name) === true;
  if (kind === 'rota') return who.rotas?.includes(name) === true;
  return who.relations.some((relation) => relation === one);
}
