import { describe, expect, it } from 'vitest';
import { type GrantEntry, matchGrant, NO_GRANT, type TaskGrant } from '../tasks/grant/index.ts';
import {
  type AmendedCall,
  type AskedAmendment,
  canonicalAmendment,
  proposeEntries,
  tightenAmendment,
} from './amendment.ts';

function makeCall(callDigest: string, to: string, body = 'Hello'): AmendedCall {
  const trace = (pointer: string, role: 'destination' | 'content', value: string) =>
    ({ pointer, role, value, origins: ['model'], worst: 'model' }) as const;
  return {
    ...{ callDigest, tool: 'mail/send', arguments: { to, body } },
    traces: [trace('/to', 'destination', to), trace('/body', 'content', body)],
  };
}

const calls = [makeCall('c1', 'ben'), makeCall('c2', 'carla')];
const asked: AskedAmendment = {
  ...{ agent: 'agt_1', agents: ['agt_1'], chain: ['dlg_1'], task: 'tsk_1', key: 'k', by: 'call' },
  ...{ calls, entries: proposeEntries(NO_GRANT, calls, 0), prompt: null, confirms: null },
  requirement: {
    ...{ approvers: ['role:approver'], excluded: [], quorum: 1, method: 'passkey' },
    ...{ withinSeconds: 600, notify: [] },
  },
  ...{ policyVersion: 'pol_1', nonce: 'n', expiresAt: 1_000 },
};

describe('proposeEntries', () => {
  it('gives each call an entry of its own, so that nothing of one is mixed with another', () => {
    expect(asked.entries.map(({ id }) => id)).toEqual(['1', '2']);
    const recipients = asked.entries.map(({ arguments: args }) => args[0]?.values);
    expect(recipients).toEqual([['ben'], ['carla']]);
  });

  it('gives none to a call of which not every value was looked at', () => {
    const [first] = calls;
    if (first === undefined) throw new Error('no call');
    const unseen = {
      pointer: '/to',
      role: 'destination',
      value: '',
      origins: ['model'],
      worst: 'model',
    } as const;
    expect(proposeEntries(NO_GRANT, [{ ...first, traces: [...first.traces, unseen] }], 0)).toEqual([]);
  });
});

describe('what is signed of one of several that a stranger names', () => {
  const target = { pointer: '/id', role: 'target', values: [], refused: [], bars: 'contested' } as const;
  const entry: GrantEntry = {
    ...{ id: 'g1', tool: 'drive/delete', arguments: [{ ...target, origins: ['prompt', 'trusted'] }] },
    ...{ asks: false, source: 'prompt', because: '', uses: null },
  };
  const grant: TaskGrant = { entries: [entry], reading: 'plan', expiresAt: null };
  const trace = (value: string) =>
    ({ pointer: '/id', role: 'target', value, worst: 'trusted', isContested: true }) as const;
  const call: AmendedCall = {
    ...{ callDigest: 'c1', tool: 'drive/delete', arguments: { id: 'aaaa' } },
    traces: [{ ...trace('aaaa'), origins: ['trusted'] }],
  };
  const text = canonicalAmendment({ ...asked, calls: [call], entries: proposeEntries(grant, [call], 0) });
  const signed: AskedAmendment = JSON.parse(text);
  const stateOf = (value: string): string => {
    const added = signed.entries.map((one) => ({ ...entry, ...one }));
    const given = {
      tool: 'drive/delete',
      traces: [{ ...trace(value), origins: new Set(['trusted'] as const) }],
    };
    return matchGrant({ ...grant, entries: [entry, ...added] }, given, 0).state;
  };

  it('is that one, also when it is read back from the signed text', () => {
    expect(signed.entries[0]?.arguments).toEqual([{ ...target, values: ['aaaa'], origins: [] }]);
    expect([stateOf('aaaa'), stateOf('bbbb')]).toEqual(['covered', 'differs']);
  });

  it('still says which was contested, and what is barred', () => {
    expect(signed.calls[0]?.traces[0]?.isContested).toBe(true);
    const open = { ...asked, entries: [{ ...entry, expiresAt: null }] };
    expect(JSON.parse(canonicalAmendment(open)).entries[0].arguments[0].bars).toBe('contested');
  });
});

describe('canonicalAmendment', () => {
  it.each<[string, Partial<AskedAmendment>]>([
    ['agent', { agent: 'agt_2' }],
    ['task', { task: 'tsk_2' }],
    ['key', { key: 'other' }],
    ['chain', { chain: ['dlg_2'] }],
    ['calls', { calls: [makeCall('c1', 'eve')] }],
    ['entries', { entries: [] }],
    ['prompt', { prompt: 'Do it' }],
    ['confirmation', { confirms: 'digest' }],
    ['requirement', { requirement: { ...asked.requirement, quorum: 2 } }],
    ['policy version', { policyVersion: 'pol_2' }],
    ['nonce', { nonce: 'm' }],
    ['deadline', { expiresAt: 1_001 }],
  ])('changes with the %s', (_, change) => {
    expect(canonicalAmendment({ ...asked, ...change })).not.toBe(canonicalAmendment(asked));
  });

  it('carries no member that nobody asked for, and says what it is', () => {
    const smuggled = { ...asked, smuggled: 1 } as AskedAmendment;
    expect(canonicalAmendment(smuggled)).toBe(canonicalAmendment(asked));
    expect(JSON.parse(canonicalAmendment(asked))).toMatchObject({ type: 'countersign/plan/v1' });
  });
});

describe('tightenAmendment', () => {
  it('leaves out, pins values, counts uses and ends sooner', () => {
    const tighter = tightenAmendment(asked, { drop: ['2'], exact: true, once: true, expiresAt: 500 });
    expect(tighter?.entries).toMatchObject([{ id: '1', uses: 1, expiresAt: 500 }]);
    const [to, body] = tighter?.entries[0]?.arguments ?? [];
    expect(to).toMatchObject({ values: ['ben'], origins: [] });
    expect(body).toMatchObject({ values: ['Hello'], origins: [] });
  });

  it.each([
    ['an entry that is not there', { drop: ['3'] }],
    ['a name of a prototype', { drop: ['constructor'] }],
    ['everything', { drop: ['1', '2'] }],
    ['an end that is no time', { expiresAt: Number.NaN }],
  ])('refuses to leave out %s', (_, given) => {
    expect(tightenAmendment(asked, given)).toBeUndefined();
  });

  it('never makes later what ends sooner, nor uses more', () => {
    const short = { ...asked, entries: asked.entries.map((entry) => ({ ...entry, uses: 0, expiresAt: 10 })) };
    expect(tightenAmendment(short, { expiresAt: 11 })).toBeUndefined();
    expect(tightenAmendment(short, { once: true })?.entries[0]?.uses).toBe(0);
  });
});
