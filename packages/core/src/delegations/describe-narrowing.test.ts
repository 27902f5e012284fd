import { describe, expect, it } from 'vitest';
import { describeNarrowing } from './describe-narrowing.ts';
import type { Limits } from './limits.ts';

const parent: Limits = {
  upstreams: '*',
  actions: ['pay/*', 'files/*'],
  arguments: [{ action: 'pay/*', path: '/amount', rule: { max: 100 } }],
  dataDomains: ['invoices', 'people'],
  effects: ['read', 'write', 'spend'],
  environments: ['test', 'production'],
  expiresAt: Date.UTC(2026, 5, 2),
  calls: 100,
  spendMinor: null,
  currency: 'EUR',
  depth: 3,
};

describe('describeNarrowing', () => {
  it('says nothing of what stays, and nothing of the one step that passing on costs', () => {
    expect(describeNarrowing(parent, parent)).toEqual([]);
    expect(describeNarrowing(parent, { ...parent, depth: 2 })).toEqual([]);
  });

  it.each<readonly [Partial<Limits>, string]>([
    [{ upstreams: ['pay'] }, 'Only on pay.'],
    [{ upstreams: [] }, 'No longer on anything.'],
    [{ actions: ['files/*'] }, 'May call only files/*.'],
    [{ actions: [] }, 'May call nothing.'],
    [{ effects: ['read'] }, 'May no longer change things and spend money.'],
    [{ dataDomains: ['people'] }, 'Only with data of people.'],
    [{ environments: ['test'] }, 'No longer in production.'],
    [
      { arguments: [...parent.arguments, { action: '*', path: '', rule: { maxLength: 3 }, optional: true }] },
      'For every tool, the arguments must be at most 3 characters long, if given.',
    ],
    [{ calls: 10 }, 'At most 10 calls instead of 100.'],
    [{ spendMinor: 500 }, 'At most 500 minor units spent.'],
    [{ rows: 500 }, 'At most 500 rows of results.'],
    [{ bytes: 4096 }, 'At most 4096 bytes of answers.'],
    [{ expiresAt: Date.UTC(2026, 5, 1) }, 'Ends earlier: at 2026-06-01T00:00:00.000Z.'],
    [{ depth: 0 }, 'May not be passed on further.'],
  ])('says what %o drops', (change, sentence) => {
    expect(describeNarrowing(parent, { ...parent, ...change })).toEqual([sentence]);
  });
});
