import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../actions/json-value.ts';
import { describeRule, doesRuleImply, findRuleFlaw, isRuleKept } from './argument-rule.ts';
import { checkLimits } from './check-limits.ts';
import { describe as describeLimits } from './describe.ts';
import { isWithin } from './is-within.ts';
import type { ArgumentConstraint, ArgumentRule, LimitField, Limits } from './limits.ts';
import { type LimitedCall, permits } from './permits.ts';

const LIMITS: Limits = {
  upstreams: ['files', 'payments'],
  actions: ['files/read_*', 'payments/create_payment'],
  arguments: [
    { action: 'files/*', path: '/path', rule: { pathWithin: '/data' } },
    { action: 'payments/*', path: '/amount', rule: { max: 10_000 } },
    { action: 'payments/*', path: '/memo', rule: { maxLength: 20 }, optional: true },
  ],
  dataDomains: ['finance'],
  effects: ['read', 'write', 'spend'],
  environments: ['dev'],
  expiresAt: Date.UTC(2030, 0, 1),
  calls: 100,
  spendMinor: 50_000,
  currency: 'EUR',
  depth: 1,
};

const CALL: LimitedCall = {
  upstream: 'payments',
  tool: 'create_payment',
  arguments: { amount: 10_000, payee: 'Acme' },
  dataDomain: 'finance',
  effects: ['write', 'spend'],
  environment: 'dev',
  at: Date.UTC(2029, 0, 1),
  spend: { minor: 10_000, currency: 'EUR' },
};

function listReasons(limits: Limits, call: LimitedCall): LimitField[] {
  const permission = permits(limits, call);
  return permission.permitted ? [] : permission.reasons.map((reason) => reason.field);
}

describe('permits', () => {
  it.each<[string, Partial<LimitedCall>]>([
    ['the call', {}],
    ['an optional argument that holds', { arguments: { amount: 1, memo: 'May' } }],
    ['a call that spends nothing', { spend: { minor: 0, currency: 'USD' } }],
    ['a path', { upstream: 'files', tool: 'read_file', arguments: { path: '/data/x' }, effects: ['read'] }],
  ])('permits %s', (_, change) => {
    expect(listReasons(LIMITS, { ...CALL, ...change })).toEqual([]);
  });

  it.each<[string, Partial<LimitedCall>, LimitField[]]>([
    ['another upstream', { upstream: 'mail' }, ['upstreams', 'actions']],
    ['another tool', { tool: 'refund' }, ['actions']],
    ['too large an amount', { arguments: { amount: 10_001 } }, ['arguments']],
    ['an amount as text', { arguments: { amount: '1' } }, ['arguments']],
    ['an amount in an array', { arguments: { amount: [1] } }, ['arguments']],
    ['no amount', { arguments: {} }, ['arguments']],
    ['an inherited amount', { arguments: Object.create({ amount: 1 }) }, ['arguments']],
    ['no arguments at all', { arguments: null }, ['arguments']],
    ['two bad arguments', { arguments: { amount: -1, memo: 7 } }, ['arguments']],
    [
      'a path outside',
      { upstream: 'files', tool: 'read_file', arguments: { path: '/data/../x' } },
      ['arguments'],
    ],
    ['another data domain', { dataDomain: 'hr' }, ['dataDomains']],
    ['an unknown data domain', { dataDomain: null }, ['dataDomains']],
    ['one effect too many', { effects: ['write', 'egress'] }, ['effects']],
    ['no known effect', { effects: [] }, ['effects']],
    ['another environment', { environment: 'prod' }, ['environments']],
    ['the moment of expiry', { at: LIMITS.expiresAt }, ['expiresAt']],
    ['no readable time', { at: Number.NaN }, ['expiresAt']],
    ['too much money', { spend: { minor: 50_001, currency: 'EUR' } }, ['spendMinor']],
    ['another currency', { spend: { minor: 1, currency: 'USD' } }, ['currency']],
    ['a negative amount', { spend: { minor: -1, currency: 'EUR' } }, ['spendMinor']],
    [
      'no amount that is a number',
      { spend: { minor: Number.NaN, currency: 'EUR' } },
      ['spendMinor', 'spendMinor'],
    ],
  ])('refuses %s', (_, change, fields) => {
    expect(listReasons(LIMITS, { ...CALL, ...change })).toEqual(fields);
  });

  it('refuses when limits themselves cannot be read', () => {
    const bad: ArgumentConstraint = { action: 'payments/**', path: '/payee', rule: { equals: 'Bcme' } };
    expect(listReasons({ ...LIMITS, arguments: [bad] }, CALL)).toEqual(['arguments']);
    expect(listReasons({ ...LIMITS, arguments: [{ ...bad, action: '*', path: 'payee' }] }, CALL)).toEqual([
      'arguments',
    ]);
    const unknown = { matches: '.*' } as unknown as ArgumentRule;
    expect(
      listReasons({ ...LIMITS, arguments: [{ action: '*', path: '/payee', rule: unknown }] }, CALL),
    ).toEqual(['arguments']);
    expect(listReasons({ ...LIMITS, expiresAt: Number.NaN }, CALL)).toEqual(['expiresAt']);
    expect(listReasons({ ...LIMITS, calls: 0 }, CALL)).toEqual(['calls']);
    expect(listReasons({ ...LIMITS, spendMinor: Number.NaN }, CALL)).toEqual(['spendMinor']);
    expect(listReasons({ ...LIMITS, actions: [] }, CALL)).toEqual(['actions']);
  });

  it('holds a rule for each element of an array', () => {
    const rule = { pathWithin: '/data' };
    const limits: Limits = { ...LIMITS, arguments: [{ action: '*', path: '/paths/-', rule }] };
    expect(listReasons(limits, { ...CALL, arguments: { paths: ['/data/a', '/data/b'] } })).toEqual([]);
    expect(listReasons(limits, { ...CALL, arguments: { paths: ['/data/a', '/etc/b'] } })).toEqual([
      'arguments',
    ]);
    expect(listReasons(limits, { ...CALL, arguments: { paths: [] } })).toEqual(['arguments']);
  });

  it('holds a rule for the arguments as a whole', () => {
    const limits: Limits = { ...LIMITS, arguments: [{ action: '*', path: '', rule: { equals: null } }] };
    expect(permits(limits, CALL)).toMatchObject({ reasons: [{ detail: 'the arguments must be null' }] });
    expect(listReasons(limits, { ...CALL, arguments: null })).toEqual([]);
  });
});

describe('argument rules', () => {
  it.each<[ArgumentRule, JsonValue, JsonValue]>([
    [{ equals: 'a' }, 'a', ['a']],
    [{ oneOf: [1, 'a'] }, 'a', '1'],
    [{ max: 1 }, 1, '0'],
    [{ min: 1 }, 1, 0.5],
    [{ prefix: 'inv-' }, 'inv-1', 'INV-1'],
    [{ pathWithin: '/d' }, '/d/x', ['/d/x']],
    [{ maxLength: 2 }, 'ab', []],
  ])('%j is kept by %j and not by %j', (rule, kept, broken) => {
    expect(isRuleKept(rule, kept)).toBe(true);
    expect(isRuleKept(rule, broken)).toBe(false);
    expect(findRuleFlaw(rule)).toBeUndefined();
    expect(describeRule(rule)).toMatch(/^must /);
    expect(doesRuleImply(rule, rule)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['no member', {}],
    ['two members', { max: 1, min: 0 }],
    ['an unknown member', { matches: '.*' }],
    ['a value that is an object', { equals: {} }],
    ['an infinite value', { oneOf: [Number.POSITIVE_INFINITY] }],
    ['a maximum that is no number', { max: Number.NaN }],
    ['a minimum that is text', { min: '1' }],
    ['an empty prefix', { prefix: '' }],
    ['an unreadable directory', { pathWithin: 'data/..' }],
    ['a negative length', { maxLength: -1 }],
  ])('finds %s', (_, rule) => {
    expect(findRuleFlaw(rule as ArgumentRule)).toBeTypeOf('string');
  });
});

describe('isWithin', () => {
  it.each<[LimitField, Partial<Limits>]>([
    ['upstreams', { upstreams: '*' }],
    ['upstreams', { upstreams: ['files', 'mail'] }],
    ['actions', { actions: ['files/*'] }],
    ['actions', { actions: ['*'] }],
    ['arguments', { arguments: LIMITS.arguments.slice(1) }],
    ['arguments', { arguments: LIMITS.arguments.map((one) => ({ ...one, optional: true as const })) }],
    ['arguments', { arguments: LIMITS.arguments.map((one) => ({ ...one, action: `${one.action}_file` })) }],
    ['dataDomains', { dataDomains: '*' }],
    ['dataDomains', { dataDomains: ['hr'] }],
    ['effects', { effects: ['egress'] }],
    ['environments', { environments: ['dev', 'prod'] }],
    ['expiresAt', { expiresAt: LIMITS.expiresAt + 1 }],
    ['calls', { calls: null }],
    ['calls', { calls: 101 }],
    ['spendMinor', { spendMinor: null }],
    ['spendMinor', { spendMinor: 50_001 }],
    ['currency', { currency: 'USD' }],
    ['depth', { depth: 2 }],
  ])('names %s when the child widens it by %j', (field, change) => {
    const result = isWithin({ ...LIMITS, ...change }, LIMITS);
    expect(result.within === false && [...new Set(result.violations.map((one) => one.field))]).toEqual([
      field,
    ]);
  });

  it('lets a child drop constraints on actions that it gives up', () => {
    const child: Limits = {
      ...LIMITS,
      actions: ['files/read_text'],
      arguments: LIMITS.arguments.slice(0, 1),
    };
    expect(isWithin(child, LIMITS)).toEqual({ within: true });
  });

  it('lets a child that spends nothing name any currency', () => {
    expect(isWithin({ ...LIMITS, spendMinor: 0, currency: 'USD' }, LIMITS)).toEqual({ within: true });
  });

  it('says which constraint on all the arguments was lost', () => {
    const parent: Limits = { ...LIMITS, arguments: [{ action: '*', path: '', rule: { equals: null } }] };
    expect(isWithin({ ...LIMITS, arguments: [] }, parent)).toEqual({
      within: false,
      violations: [{ field: 'arguments', detail: 'for * the parent says that the arguments must be null' }],
    });
  });
});

describe('checkLimits', () => {
  it('finds nothing wrong with good limits', () => {
    expect(checkLimits(LIMITS)).toEqual([]);
    expect(checkLimits({ ...LIMITS, upstreams: '*', calls: null, spendMinor: null, currency: null })).toEqual(
      [],
    );
  });

  it.each<[LimitField, Partial<Record<LimitField, unknown>>]>([
    ['upstreams', { upstreams: ['a', 'a'] }],
    ['upstreams', { upstreams: ['*'] }],
    ['dataDomains', { dataDomains: [''] }],
    ['environments', { environments: ['x'.repeat(257)] }],
    ['effects', { effects: ['toString'] }],
    ['actions', { actions: ['files'] }],
    ['actions', { actions: Array(257).fill('a/b') }],
    ['arguments', { arguments: Array(257).fill(LIMITS.arguments[0]) }],
    ['arguments', { arguments: [{ action: '**', path: '', rule: { max: 1 } }] }],
    ['arguments', { arguments: [{ action: '*', path: 'x', rule: { max: 1 } }] }],
    ['arguments', { arguments: [{ action: '*', path: '', rule: {} }] }],
    ['expiresAt', { expiresAt: Number.POSITIVE_INFINITY }],
    ['calls', { calls: -1 }],
    ['spendMinor', { spendMinor: 0.5 }],
    ['currency', { currency: 'eur' }],
    ['currency', { currency: null }],
    ['depth', { depth: 9 }],
  ])('names %s in %j', (field, change) => {
    expect(checkLimits({ ...LIMITS, ...change } as Limits).map((flaw) => flaw.field)).toEqual([field]);
  });
});

describe('describe', () => {
  it('says all of it in plain sentences', () => {
    expect(describeLimits(LIMITS)).toEqual([
      'May call files/read_*, payments/create_payment on files and payments.',
      'May read, change things and spend money, nothing else.',
      'May touch data of finance only.',
      'Works in dev only.',
      'For files/*, /path must be a path in "/data".',
      'For payments/*, /amount must be at most 10000.',
      'For payments/*, /memo must be at most 20 characters long, if given.',
      'May make at most 100 calls.',
      'May spend at most 50000 minor units of EUR.',
      'Ends at 2030-01-01T00:00:00.000Z.',
      'May be delegated further, 1 step deep.',
    ]);
  });

  it('says what is unlimited, and what is empty', () => {
    const wide: Limits = {
      ...LIMITS,
      upstreams: '*',
      actions: ['*'],
      arguments: [{ action: '*', path: '', rule: { oneOf: [null, 'a'] } }],
      dataDomains: '*',
      calls: 1,
      spendMinor: null,
      depth: 0,
    };
    expect(describeLimits(wide)).toEqual([
      'May call every tool on every upstream.',
      'May read, change things and spend money, nothing else.',
      'May touch data of every domain.',
      'Works in dev only.',
      'For every tool, the arguments must be one of null, "a".',
      'May make at most 1 call.',
      'May spend in EUR only.',
      'Ends at 2030-01-01T00:00:00.000Z.',
      'May not delegate further.',
    ]);
    const empty: Limits = {
      ...wide,
      actions: [],
      arguments: [],
      dataDomains: [],
      effects: [],
      environments: [],
    };
    expect(describeLimits({ ...empty, calls: null, currency: null, expiresAt: Number.NaN })).toEqual([
      'May call nothing.',
      'May have no effect at all.',
      'May touch no data.',
      'Works in no environment.',
      'Ends at no readable time.',
      'May not delegate further.',
    ]);
    expect(describeLimits({ ...wide, upstreams: [], spendMinor: 1, currency: null })).toEqual(
      expect.arrayContaining([
        'May call every tool on no upstream.',
        'May spend at most 1 minor units of any currency.',
      ]),
    );
  });
});
