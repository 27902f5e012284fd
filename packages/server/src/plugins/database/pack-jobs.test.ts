import { describe, expect, it } from 'vitest';
import type { AppendJob } from './messages.ts';
import { packJobs, unpackJobs } from './pack-jobs.ts';

const record = (number: number) => ({
  id: `rec_${number}`,
  kind: 'action.intent',
  at: number,
  causes: Array.from({ length: number }, (_, cause) => `rec_${cause}`),
  payload: '{"text":"0"}',
  terms: number === 1 ? ['kind:action.intent', '7'] : [],
});

describe('packed jobs', () => {
  it('are what they were once unpacked', () => {
    const usage = { kind: 'usage', holder: 'tsk_a', calls: 1, spendMinor: -250, rows: 3, bytes: 0 } as const;
    const fact = { kind: 'fact', task: 'tsk_a', fact: 'tool', name: 'pay' } as const;
    const count = {
      kind: 'count',
      ...{ policyId: 'base:act', per: 'agent', subject: 'agt_a', unit: 'calls' },
      ...{ windowSeconds: 60, startsAt: 1, amount: 1 },
    } as const;
    const jobs: AppendJob[] = [
      { records: [record(0), record(1)], effects: [usage, fact] },
      { records: [], effects: [count, usage] },
      { records: [record(2)], effects: [] },
    ];
    expect(unpackJobs(structuredClone(packJobs(jobs)))).toEqual(jobs);
    expect(unpackJobs(packJobs([]))).toEqual([]);
  });
});
