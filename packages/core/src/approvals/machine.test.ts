import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ApprovalEvent, type ApprovalState, applyApprovalEvent, requestApproval } from './machine.ts';
import { matchesSelector, type Relation, type Requirement, type Voter } from './requirement.ts';
import { satisfies, type Vote } from './satisfies.ts';

const REQUIREMENT: Requirement = {
  approvers: ['role:finance', 'owner'],
  excluded: ['requester'],
  quorum: 2,
  method: 'passkey',
  withinSeconds: 600,
  notify: [],
};
const START = 1_000_000;
const END = START + 600_000;
const REQUESTED = requestApproval(REQUIREMENT, START);

function makeVoter(person: string, roles: string[] = ['finance'], relations: Relation[] = []): Voter {
  return { person, roles, relations };
}

function makeVote(
  voter: Voter,
  at = START,
  choice: Vote['choice'] = 'approve',
): ApprovalEvent & { type: 'vote' } {
  return { type: 'vote', voter, choice, method: 'passkey', at };
}

function release(at: number, requirement = REQUIREMENT): ApprovalEvent {
  return { type: 'release', requirement, at };
}

/** The last state, or the code of the first refusal. */
function run(...events: ApprovalEvent[]): ApprovalState | string {
  let state: ApprovalState = REQUESTED;
  for (const event of events) {
    const change = applyApprovalEvent(state, event);
    if (!change.ok) return change.code;
    state = change.state;
  }
  return state;
}

const ANNA = makeVote(makeVoter('anna'));
const BEN = makeVote(makeVoter('ben'), START + 1);

describe('the life of an approval', () => {
  it('is released once, after enough different people approved', () => {
    expect(run(ANNA)).toMatchObject({ state: 'requested', votes: [{ voter: { person: 'anna' } }] });
    expect(run(ANNA, BEN)).toMatchObject({ state: 'approved', approvedAt: START + 1 });
    expect(run(ANNA, BEN, release(START + 2))).toMatchObject({ state: 'released', releasedAt: START + 2 });
    expect(run(ANNA, BEN, release(START + 2), release(START + 3))).toBe('already_released');
    expect(run(ANNA, BEN, release(START + 2), BEN)).toBe('already_released');
  });

  it.each<[string, string, ApprovalEvent[]]>([
    ['a release before the quorum', 'not_approved', [ANNA, release(START)]],
    ['a second vote of one person', 'already_voted', [ANNA, { ...ANNA, at: START + 1 }]],
    ['a person of another role', 'not_an_approver', [makeVote(makeVoter('eve', ['sales']))]],
    [
      'a no of somebody who is no approver',
      'not_an_approver',
      [makeVote(makeVoter('eve', []), START, 'deny')],
    ],
    ['the requester', 'separation_of_duties', [makeVote(makeVoter('anna', ['finance'], ['requester']))]],
    ['a weaker method', 'method_too_weak', [{ ...ANNA, method: 'chat' as 'passkey' }]],
    ['a third yes', 'not_requested', [ANNA, BEN, makeVote(makeVoter('carl'), START + 2)]],
    ['a vote at the deadline', 'expired', [makeVote(makeVoter('anna'), END)]],
    ['a release at the deadline', 'expired', [ANNA, BEN, release(END)]],
    ['a vote at an unreadable time', 'expired', [makeVote(makeVoter('anna'), Number.NaN)]],
    ['an expiry before its time', 'not_due', [{ type: 'expire', at: END - 1 }]],
    ['a vote before the request', 'clock_went_back', [makeVote(makeVoter('anna'), START - 1)]],
    ['a vote after a no', 'already_over', [makeVote(makeVoter('anna'), START, 'deny'), BEN]],
    [
      'a release after a cancellation',
      'already_over',
      [ANNA, BEN, { type: 'cancel', at: START }, release(START)],
    ],
    [
      'a vote after expiry',
      'already_over',
      [
        { type: 'expire', at: END },
        { ...ANNA, at: START + 1 },
      ],
    ],
  ])('refuses %s', (_, code, events) => {
    expect(run(...events)).toBe(code);
  });

  it('is denied by a single no, whatever came before it', () => {
    expect(run(ANNA, { ...ANNA, choice: 'deny' })).toMatchObject({ state: 'denied', deniedAt: START });
    expect(run(ANNA, BEN, makeVote(makeVoter('carl'), START + 2, 'deny'))).toMatchObject({ state: 'denied' });
    const barred = makeVoter('anna', ['finance'], ['requester']);
    expect(run(makeVote(barred, START, 'deny'))).toMatchObject({
      state: 'denied',
      votes: [{ voter: barred }],
    });
  });

  it('expires, also when approved but never used, and can be cancelled until released', () => {
    expect(run({ type: 'expire', at: END + 5 })).toMatchObject({ state: 'expired', expiredAt: END });
    expect(run(ANNA, BEN, { type: 'expire', at: END })).toMatchObject({ state: 'expired' });
    expect(run({ type: 'cancel', at: START })).toMatchObject({ state: 'cancelled', cancelledAt: START });
    expect(run(ANNA, BEN, { type: 'cancel', at: END })).toMatchObject({ state: 'cancelled' });
  });

  it('is released only while it satisfies what the policy in force asks for', () => {
    const changes: Partial<Requirement>[] = [
      { quorum: 3 },
      { approvers: ['owner'] },
      { excluded: ['role:finance'] },
      { withinSeconds: 10 },
    ];
    for (const change of changes) {
      expect(run(ANNA, BEN, release(START + 60_000, { ...REQUIREMENT, ...change }))).toBe(
        'requirement_changed',
      );
    }
    const weaker: Requirement = { ...REQUIREMENT, quorum: 1, approvers: ['role:finance'] };
    expect(run(ANNA, BEN, release(START + 60_000, weaker))).toMatchObject({ state: 'released' });
  });

  it('never releases without a quorum of different, eligible, fresh people, whatever happens', () => {
    const voters = fc.record({
      person: fc.constantFrom('anna', 'ben', 'carl'),
      roles: fc.constantFrom(['finance'], ['sales'], []),
      relations: fc.subarray<Relation>(['owner', 'requester']),
    });
    const at = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: START, max: START + 5 }) },
      fc.integer({ min: START - 10, max: END + 10 }),
    );
    const choice = fc.constantFrom<Vote['choice'][]>('approve', 'approve', 'approve', 'approve', 'deny');
    const ending = fc.record({ type: fc.constantFrom('expire' as const, 'cancel' as const), at });
    const event: fc.Arbitrary<ApprovalEvent> = fc.oneof(
      { weight: 12, arbitrary: fc.tuple(voters, at, choice).map((made) => makeVote(...made)) },
      { weight: 6, arbitrary: at.map((when) => release(when)) },
      { weight: 1, arbitrary: ending },
    );
    let released = 0;
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        let state: ApprovalState = REQUESTED;
        let releases = 0;
        for (const one of events) {
          const change = applyApprovalEvent(state, one);
          if (!change.ok) continue;
          state = change.state;
          if (state.state === 'released') releases++;
        }
        expect(releases).toBeLessThanOrEqual(1);
        if (state.state !== 'released') return;
        released++;
        const people = new Set(state.votes.map((vote) => vote.voter.person));
        expect(people.size).toBeGreaterThanOrEqual(REQUIREMENT.quorum);
        for (const vote of state.votes) {
          expect(vote.choice).toBe('approve');
          expect(vote.voter.relations).not.toContain('requester');
          expect(vote.voter.roles.includes('finance') || vote.voter.relations.includes('owner')).toBe(true);
        }
      }),
      { numRuns: 3000, seed: 7 },
    );
    expect(released).toBeGreaterThan(20);
  });
});

describe('satisfies', () => {
  const votes: Vote[] = [ANNA, BEN].map(({ voter, choice, method, at }) => ({ voter, choice, method, at }));

  it('counts people, not votes', () => {
    expect(satisfies(REQUIREMENT, { votes, at: START + 1 })).toEqual({ satisfied: true });
    const twice = votes.map((vote) => ({ ...vote, voter: makeVoter('anna') }));
    expect(satisfies(REQUIREMENT, { votes: twice, at: START + 1 })).toEqual({
      satisfied: false,
      reason: 'quorum_missing',
    });
  });

  it('counts no vote from the future, none too old and none of a weaker method', () => {
    expect(satisfies(REQUIREMENT, { votes, at: START })).toMatchObject({ reason: 'quorum_missing' });
    expect(satisfies(REQUIREMENT, { votes, at: END + 1 })).toMatchObject({ reason: 'quorum_missing' });
    expect(satisfies(REQUIREMENT, { votes, at: Number.NaN })).toMatchObject({ reason: 'quorum_missing' });
    const weak = votes.map((vote) => ({ ...vote, method: 'chat' as 'passkey' }));
    expect(satisfies(REQUIREMENT, { votes: weak, at: START + 1 })).toMatchObject({
      reason: 'quorum_missing',
    });
  });

  it('lets one no outweigh every yes', () => {
    const denied: Vote[] = [
      ...votes,
      { voter: makeVoter('eve', []), choice: 'deny', method: 'passkey', at: 0 },
    ];
    expect(satisfies(REQUIREMENT, { votes: denied, at: START + 1 })).toEqual({
      satisfied: false,
      reason: 'denied',
    });
  });

  it('matches people by role, by id and by relation', () => {
    const anna = makeVoter('anna', ['finance'], ['owner']);
    expect(matchesSelector('role:finance', anna)).toBe(true);
    expect(matchesSelector('role:fin', anna)).toBe(false);
    expect(matchesSelector('person:anna', anna)).toBe(true);
    expect(matchesSelector('person:ann', anna)).toBe(false);
    expect(matchesSelector('owner', anna)).toBe(true);
    expect(matchesSelector('requester', anna)).toBe(false);
  });
});
