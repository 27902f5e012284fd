import { beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalCrew } from './ground/approval-crew.ts';
import { type ApprovalFacts, findApprovalLies } from './ground/find-approval-lies.ts';
import { type ApprovalKillReport, runApprovalKills } from './ground/run-approval-kills.ts';

// `npm run faults -- --approvals 200` does the same as often as it is told.
const ROUNDS = 12;
const SEED = 20_261_122;

describe('approval.killed', () => {
  let report: ApprovalKillReport;
  beforeAll(async () => {
    report = await runApprovalKills({ rounds: ROUNDS, seed: SEED });
    // A busy machine takes minutes for what takes one alone.
  }, 560_000);

  it('is never executed twice, never executed unapproved and never lost', () => {
    expect(report.broken).toEqual([]);
    expect(report.executed).toBeGreaterThan(0);
  });

  it('was killed in every step of its life', () => {
    const steps = ['ask', 'escalate', 'vote 1', 'vote 2', 'deny', 'break glass', 'release', 'retry'];
    expect([...report.killedIn.keys()].sort()).toEqual(steps.sort());
  });

  // A comparison that cannot fail proves nothing.
  it.each<[string, Partial<ApprovalFacts>, object, number, RegExp]>([
    ['a lost vote', { acknowledged: ['ask', 'vote 1'] }, {}, 0, /vote 1 is lost/],
    ['a vote nobody cast', {}, { votes: [{ personId: 'first', outcome: 'approve' }] }, 0, /made up/],
    ['a release without votes', {}, { state: 'released' }, 1, /without its votes/],
    ['a call that went out twice', {}, { state: 'released' }, 2, /2 times/],
    ['a call that nobody released', {}, {}, 1, /executed and is requested/],
    ['a denial that did not last', { acknowledged: ['ask', 'deny'] }, {}, 0, /denied and is requested/],
  ])('would have noticed %s', async (_, facts, found, executed, complaint) => {
    const lies = await findApprovalLies(
      imagineCrew({ state: 'requested', votes: [], ...found }),
      { mark: 'm', approval: 'apr_1', acknowledged: ['ask'], last: 'ask', ...facts },
      () => executed,
    );
    expect(lies.join('\n')).toMatch(complaint);
  });
});

function imagineCrew(found: object): ApprovalCrew {
  const reply = { status: 200, body: '', json: found, headers: {} };
  const person = (id: string) => ({ id, request: async () => reply });
  const voters = { first: person('first'), second: person('second'), alone: person('alone') };
  return { voters, renew: async () => {}, pay: async () => reply } as unknown as ApprovalCrew;
}
