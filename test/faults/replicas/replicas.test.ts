import type { JournalEntry } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FaultName } from './faults.ts';
import { findViolations, type Witnesses } from './judge.ts';
import type { RecordedCall } from './read-calls.ts';
import { type ReplicaReport, runReplicas } from './run-replicas.ts';

// `npm run faults -- replicas` does each of them fifty times, for longer, with any number of gateways.
const series: readonly (readonly ['postgres' | 'nats', readonly FaultName[]])[] = [
  ['postgres', ['kill', 'failover', 'partition', 'commit-failover']],
  ['nats', ['bus-gone', 'chaos-bus', 'clock']],
];
const SEED = 20_261_123;

describe.each(series)('server.replicas-under-faults: two gateways, bus %s', (bus, faults) => {
  let report: ReplicaReport;
  beforeAll(async () => {
    report = await runReplicas({ gateways: 2, bus, faults, runs: faults.length, seed: SEED, isBrief: true });
    // A busy machine takes minutes for what takes one alone.
  }, 560_000);

  it.each(faults)('%s: every account of the run agrees, and all gateways serve again', (fault) => {
    const runs = report.runs.filter((run) => run.fault === fault);
    expect(runs.flatMap(({ broken }) => broken)).toEqual([]);
    expect(runs).toHaveLength(1);
    expect(runs[0]?.arrived).toBeGreaterThan(10);
  });

  it('kept every record of both streams, under every checkpoint', () => {
    expect(report.streams).toBeGreaterThanOrEqual(2);
    expect(report.records).toBeGreaterThan(100);
  });

  // A comparison that cannot fail proves nothing.
  it.each<[string, (honest: Witnesses) => Witnesses, RegExp]>([
    ['a budget overspent by one unit', (honest) => ({ ...honest, budget: payments(honest) - 1 }), /paid of/],
    [
      'a call nobody decided',
      (honest) => ({ ...honest, arrived: [...honest.arrived, stray] }),
      /without a decision/,
    ],
    [
      'a call that went out twice',
      (honest) => ({ ...honest, arrived: [...honest.arrived, ...honest.arrived.slice(-1)] }),
      // Of two sent under one grant, or one decision, whichever arrived last.
      /without a decision|were released/,
    ],
    ['a lost end', (honest) => changeCalls(honest, (call) => ({ ...call, ends: [] })), /ended 0 times/],
    [
      'two ends',
      (honest) => changeCalls(honest, (call) => ({ ...call, ends: ['completed', 'unknown'] })),
      /ended 2 times/,
    ],
    ['an approval that released two calls', releaseTwice, /released 2 calls/],
    [
      'a grant that is lost',
      (honest) => ({ ...honest, told: { ...honest.told, granted: [{ approval: 'apr_x', mark: 'x' }] } }),
      /apr_x was acknowledged and is lost/,
    ],
    [
      'a result that is on no record',
      (honest) => ({ ...honest, told: { ...honest.told, results: [{ mark: 'm-x', at: 0 }] } }),
      /is not on record/,
    ],
    [
      'a call under revoked authority',
      (honest) => ({ ...honest, arrived: [...honest.arrived, late(honest)] }),
      /after its authority was revoked/,
    ],
  ])('would have noticed %s', (_name, forge, complaint) => {
    const honest = report.witnesses;
    if (honest === undefined) throw new Error('nothing was run');
    expect(findViolations(honest)).toEqual([]);
    expect(findViolations(forge(honest)).join('\n')).toMatch(complaint);
  });
});

const stray: JournalEntry = {
  sequence: -1,
  at: 0,
  httpMethod: 'POST',
  path: '/mcp',
  headers: {},
  method: 'tools/call',
  name: 'echo',
  arguments: { text: 'nobody-sent-this' },
  meta: undefined,
};

function late({ revokedAt, graceMilliseconds }: Witnesses): JournalEntry {
  return { ...stray, at: revokedAt + graceMilliseconds + 1, arguments: { text: 'r0-leave-0' } };
}

function payments({ arrived }: Witnesses): number {
  const amounts = arrived.map(({ arguments: args }) => (args as { amount?: number }).amount ?? 0);
  return amounts.filter((_amount, n) => arrived[n]?.name === 'pay').reduce((sum, amount) => sum + amount, 0);
}

function changeCalls(honest: Witnesses, change: (call: RecordedCall) => RecordedCall): Witnesses {
  return { ...honest, recorded: { ...honest.recorded, calls: honest.recorded.calls.map(change) } };
}

function releaseTwice(honest: Witnesses): Witnesses {
  const { approvals } = honest.recorded;
  const twice = { granted: new Map([...approvals.granted, ['apr_x', 1]]), released: new Map([['apr_x', 2]]) };
  return { ...honest, recorded: { ...honest.recorded, approvals: twice } };
}
