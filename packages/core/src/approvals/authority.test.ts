import { describe, expect, it } from 'vitest';
import type { Limits } from '../delegations/limits.ts';
import { type AskedAuthority, canonicalAuthority } from './authority.ts';

const limits: Limits = {
  upstreams: ['payments'],
  actions: ['payments/list_invoices'],
  arguments: [{ action: '*', path: '/customer', rule: { equals: 'c1' } }],
  dataDomains: '*',
  effects: ['read'],
  environments: ['production'],
  expiresAt: 2_000,
  calls: 5,
  spendMinor: null,
  currency: null,
  depth: 0,
};

const asked: AskedAuthority = {
  agent: 'agt_1',
  person: 'per_1',
  key: 'k',
  purpose: 'Read invoices',
  limits,
  policyVersion: 'pol_1',
  nonce: 'n',
  expiresAt: 1_000,
};

describe('canonicalAuthority', () => {
  it.each<[string, Partial<AskedAuthority>]>([
    ['agent', { agent: 'agt_2' }],
    ['person', { person: 'per_2' }],
    ['key', { key: 'other' }],
    ['purpose', { purpose: 'Read everything' }],
    ['calls', { limits: { ...limits, calls: 6 } }],
    ['effects', { limits: { ...limits, effects: ['read', 'write'] } }],
    ['end', { limits: { ...limits, expiresAt: 2_001 } }],
    [
      'constraints',
      { limits: { ...limits, arguments: [{ action: '*', path: '/customer', rule: { equals: 'c2' } }] } },
    ],
    [
      'optional constraints',
      {
        limits: {
          ...limits,
          arguments: [{ action: '*', path: '/customer', rule: { equals: 'c1' }, optional: true }],
        },
      },
    ],
    ['policy version', { policyVersion: 'pol_2' }],
    ['nonce', { nonce: 'm' }],
    ['deadline', { expiresAt: 1_001 }],
  ])('changes with the %s', (_, change) => {
    expect(canonicalAuthority({ ...asked, ...change })).not.toBe(canonicalAuthority(asked));
  });

  it('carries no member that nobody asked for, and says what it is', () => {
    const smuggled = { ...asked, smuggled: 1, limits: { ...limits, smuggled: 1 } } as AskedAuthority;
    expect(canonicalAuthority(smuggled)).toBe(canonicalAuthority(asked));
    expect(JSON.parse(canonicalAuthority(asked))).toMatchObject({
      type: 'countersign/authority/v1',
      limits,
    });
  });
});
