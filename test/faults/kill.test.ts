import { beforeAll, describe, expect, it } from 'vitest';
import { findBrokenPromises, type Witnesses } from './ground/find-broken-promises.ts';
import { type KillReport, runKills } from './ground/run-kills.ts';

// `npm run faults` does the same two hundred times.
const KILLS = 25;
const SEED = 20_260_728;

describe('server.killed', () => {
  let report: KillReport;
  beforeAll(async () => {
    report = await runKills({ kills: KILLS, seed: SEED });
    // A busy machine takes minutes for what takes one alone.
  }, 560_000);

  it('keeps every promise after every kill', () => {
    expect(report.broken).toEqual([]);
    expect(report.kills).toBe(KILLS);
  });

  it('was hit while it was working and while it was starting', () => {
    expect(report.arrived).toBeGreaterThan(KILLS);
    expect(report.acknowledged).toBeGreaterThan(KILLS);
    expect(report.checkpoints).toBeGreaterThan(0);
    expect(report.unknown).toBeGreaterThan(0);
    expect(report.killsInStart).toBeGreaterThan(0);
    const told = new Set(report.witnesses.acknowledged.map((one) => one.told));
    for (const what of ['result', 'denial', 'approval.granted', 'task.opened', 'task.ended', 'token.issued'])
      expect(told).toContain(what);
  });

  // A comparison that cannot fail proves nothing.
  it.each<[string, (honest: Witnesses) => Witnesses, RegExp]>([
    ['a call nobody decided', (honest) => ({ ...honest, journal: [...honest.journal, stray] }), /decision/],
    ['a call that went out twice', sendTwice, /decision/],
    [
      'a call that went out too early',
      (honest) => ({
        ...honest,
        journal: honest.journal.map((entry) => ({ ...entry, at: entry.at - 1000 })),
      }),
      /before it was decided/,
    ],
    [
      'a payment nobody released',
      // On a slow machine none may have been released before the kills: every call that ran is taken for one.
      (honest) =>
        changeCalls(
          { ...honest, journal: honest.journal.map((entry) => ({ ...entry, name: 'pay' })) },
          (call) => ({ ...call, released: false }),
        ),
      /without a release/,
    ],
    ['a lost end', (honest) => changeCalls(honest, (call) => ({ ...call, ends: [] })), /ended 0 times/],
    [
      'a result that is on no record',
      (honest) => ({ ...honest, acknowledged: [{ told: 'result', id: 'm-x' }] }),
      /is lost/,
    ],
    [
      'a lost task',
      (honest) => ({ ...honest, acknowledged: [{ told: 'task.opened', id: 'tsk_x' }] }),
      /is lost/,
    ],
    ['a budget not spent', (honest) => ({ ...honest, budgets: new Map() }), /0 calls used/],
  ])('would have noticed %s', (_name, forge, complaint) => {
    expect(findBrokenPromises(report.witnesses)).toEqual([]);
    expect(findBrokenPromises(forge(report.witnesses)).join('\n')).toMatch(complaint);
  });
});

const stray = {
  sequence: -1,
  at: Number.MAX_SAFE_INTEGER,
  httpMethod: 'POST',
  path: '/mcp',
  headers: {},
  method: 'tools/call',
  name: 'echo',
  arguments: { text: 'nobody sent this' },
  meta: undefined,
};

type Call = NonNullable<ReturnType<Witnesses['evidence']['calls']['get']>>[number];

function sendTwice(honest: Witnesses): Witnesses {
  const sent = honest.journal.filter(({ method }) => method === 'tools/call');
  return { ...honest, journal: [...honest.journal, ...sent.slice(-1)] };
}

function changeCalls(honest: Witnesses, change: (call: Call) => Call): Witnesses {
  const calls = new Map([...honest.evidence.calls].map(([mark, all]) => [mark, all.map(change)]));
  return { ...honest, evidence: { ...honest.evidence, calls } };
}
