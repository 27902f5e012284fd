import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalApproval } from '../actions/call.ts';
import type { JsonObject } from '../actions/json-value.ts';
import { draftGrant, findGrantScope, type GrantBasis, type GrantWish, listFreeable } from './draft-grant.ts';
import { findGrantMisfit, type GrantedCall } from './fits-grant.ts';
import { type BoundedGrant, canonicalGrant, type GrantTerms, readGrant, withoutGrant } from './grant.ts';
import { canonicalGroup } from './group.ts';
import { isNarrowerGrant } from './is-narrower-grant.ts';
import type { Requirement } from './requirement.ts';

const hour = 3_600_000;
const shown: JsonObject = {
  amount: 500,
  currency: 'EUR',
  to: 'card_4421',
  note: { text: 'for ticket 1' },
  tags: ['a', 'b'],
};
const requirement: Requirement = {
  ...{ approvers: ['role:approver'], excluded: [], quorum: 1, method: 'passkey' },
  ...{ withinSeconds: 600, notify: [] },
};
const basis: GrantBasis = {
  toolDigest: 'T'.repeat(43),
  environment: 'production',
  effects: ['spend'],
  origins: [
    { pointer: '/to', role: 'destination', worst: 'prompt' },
    { pointer: '/amount', role: 'amount', worst: 'trusted' },
    { pointer: '/note/text', role: 'content', worst: 'model' },
  ],
  tier: 2,
  confirmed: true,
  roles: [
    { pointer: '/to', role: 'destination' },
    { pointer: '/amount', role: 'amount' },
    { pointer: '/note/text', role: 'content' },
  ],
  spend: { pointer: '/amount', minor: 500, currency: 'EUR' },
  endsAt: { task: 1_000 + 10 * hour, delegation: 1_000 + 9 * hour },
};
const asked = { arguments: shown, requirement, now: 1_000 };
const wish: GrantWish = { uses: 3, expiresAt: 1_000 + hour };

function draft(change: Partial<GrantWish> = {}, on: Partial<GrantBasis> = {}): GrantTerms {
  const drafted = draftGrant({ ...basis, ...on }, asked, { ...wish, ...change });
  if (!drafted.ok) throw new Error(drafted.detail);
  return drafted.terms;
}

const approval = canonicalApproval({
  ...{ agent: 'agt_1', task: 'tsk_1', target: 'payments', tool: 'refund', arguments: shown, key: 'k' },
  ...{ agents: ['agt_1'], chain: ['dlg_1'], requirement, policyVersion: 'pol_1', outcome: 'allow' },
  ...{ nonce: 'n', expiresAt: 9_000 },
});

function give(terms: GrantTerms = draft()): BoundedGrant {
  const grant = readGrant(canonicalGrant(approval, terms));
  if (grant === undefined) throw new Error('no grant');
  return grant;
}

const call: GrantedCall = {
  ...{ agent: 'agt_1', task: 'tsk_1', target: 'payments', tool: 'refund', arguments: shown, key: 'k' },
  ...{ chain: ['dlg_1'], toolDigest: basis.toolDigest, environment: 'production', effects: ['spend'] },
  ...{ origins: basis.origins, spend: { minor: 500, currency: 'EUR' }, at: 2_000 },
};
const misfit = (change: Partial<GrantedCall>, terms?: GrantTerms) =>
  findGrantMisfit(give(terms), { ...call, ...change });

describe('the text of a grant', () => {
  it('is that of the approval with the terms, and gives it back', () => {
    const text = canonicalGrant(approval, draft());
    expect(JSON.parse(text)).toEqual({
      ...JSON.parse(approval),
      type: 'countersign/grant/v1',
      grant: {
        ...{ scope: 'task', toolDigest: basis.toolDigest, environment: 'production', effects: ['spend'] },
        ...{ free: [], atMost: [{ pointer: '/amount', most: 500 }], origins: basis.origins },
        ...{ uses: 3, total: { minor: 1500, currency: 'EUR' }, expiresAt: 1_000 + hour },
      },
    });
    expect(withoutGrant(text)).toBe(approval);
    expect(withoutGrant(approval)).toBe(approval);
    expect(readGrant(approval)).toBeUndefined();
    expect(() => canonicalGrant(text, draft())).toThrow(TypeError);
  });
});

describe('what may be wished', () => {
  it.each<[string, Partial<GrantWish>]>([
    ['a single call', { uses: 1 }],
    ['part of a call', { uses: 2.5 }],
    ['too many calls', { uses: 51 }],
    ['an end that was', { expiresAt: 1_000 }],
    ['more than 8 hours', { expiresAt: 1_001 + 8 * hour }],
    ['any end', { expiresAt: Number.NaN }],
    ['any destination', { free: ['/to'] }],
    ['any amount', { free: ['/amount'] }],
    ['all arguments', { free: [''] }],
    ['what is no pointer', { free: ['note'] }],
    ['too many arguments', { free: Array.from({ length: 17 }, (_, at) => `/x${at}`) }],
    ['less than this call in all', { totalMinor: 499 }],
    ['more than so many calls in all', { totalMinor: 1501 }],
    ['another task', { scope: 'delegation' }],
  ])('is not %s', (_what, change) => {
    expect(draftGrant(basis, asked, { ...wish, ...change }).ok).toBe(false);
  });

  it('is no end after that of the task, and nothing beside the amount where nothing is spent', () => {
    expect(draftGrant({ ...basis, endsAt: { task: 2_000, delegation: 9 * hour } }, asked, wish).ok).toBe(
      false,
    );
    expect(draft({}, { spend: null, roles: [] })).toMatchObject({ total: null, atMost: [] });
    expect(draftGrant({ ...basis, spend: null }, asked, { ...wish, totalMinor: 1 }).ok).toBe(false);
  });

  it('is what holds an argument with a role, or lies in one, neither', () => {
    const roles = [{ pointer: '/note/to/*/name', role: 'destination' as const }];
    for (const free of ['/note', '/note/to', '/note/to/0', '/note/to/0/name', '/note/to/0/name/x'])
      expect(draftGrant({ ...basis, roles }, asked, { ...wish, free: [free] }).ok).toBe(false);
    expect(draft({ free: ['/note/text', '/note/text'] }, { roles }).free).toEqual(['/note/text']);
  });

  it('is nothing free of a tool that nobody has confirmed', () => {
    expect(draftGrant({ ...basis, confirmed: false }, asked, { ...wish, free: ['/note'] }).ok).toBe(false);
    expect(listFreeable({ ...basis, confirmed: false }, shown)).toEqual([]);
    expect(listFreeable(basis, { ...shown, 'a/b~': 1 })).toEqual(['/currency', '/note', '/tags', '/a~1b~0']);
    expect(listFreeable(basis, [])).toEqual([]);
  });

  it('is what policy says, and never by itself of the gravest tier', () => {
    expect(findGrantScope(requirement, 2)).toBe('task');
    expect(findGrantScope(requirement, 3)).toBe('no');
    expect(findGrantScope({ ...requirement, grant: 'task' }, 3)).toBe('task');
    expect(findGrantScope({ ...requirement, grant: 'no' }, 0)).toBe('no');
    expect(draftGrant({ ...basis, tier: 3 }, asked, wish).ok).toBe(false);
    const wide = { ...asked, requirement: { ...requirement, grant: 'delegation' as const } };
    expect(draftGrant(basis, wide, { ...wish, scope: 'delegation' }).ok).toBe(true);
  });

  it('holds numbers in lists, below nothing and of unknown meaning to what they are', () => {
    const args = { amount: -5, list: [{ n: 3 }], deep: { n: 3 }, gone: 1 };
    const roles = ['/amount', '/list/0/n', '/list/*/n', '/deep/n', '/missing', '/deep/x/y'].map(
      (pointer) => ({ pointer, role: 'amount' as const }),
    );
    const drafted = draftGrant({ ...basis, roles, spend: null }, { ...asked, arguments: args }, wish);
    expect(drafted).toMatchObject({ ok: true, terms: { atMost: [{ pointer: '/deep/n', most: 3 }] } });
    expect(draft({ exact: true }).atMost).toEqual([]);
  });
});

describe('what fits', () => {
  it.each<[string, Partial<GrantedCall>]>([
    ['the same call', {}],
    ['keys in another order', { arguments: Object.fromEntries(Object.entries(shown).reverse()) }],
    ['less', { arguments: { ...shown, amount: 1 }, spend: { minor: 1, currency: 'EUR' } }],
    ['a better origin', { origins: [{ pointer: '/amount', role: 'amount', worst: 'prompt' }] }],
    ['no effect', { effects: [] }],
  ])('is %s', (_what, change) => {
    expect(misfit(change)).toBeUndefined();
  });

  it.each<[string, Partial<GrantedCall>, string]>([
    ['another agent', { agent: 'agt_2' }, 'agent'],
    ['another task', { task: 'tsk_2' }, 'task'],
    ['another chain', { chain: ['dlg_1', 'dlg_2'] }, 'task'],
    ['another key', { key: 'other' }, 'key'],
    ['another upstream', { target: 'payments2' }, 'tool'],
    ['another tool', { tool: 'refund_all' }, 'tool'],
    ['a changed tool', { toolDigest: 'U'.repeat(43) }, 'tool'],
    ['another environment', { environment: 'staging' }, 'tool'],
    ['more effects', { effects: ['spend', 'admin'] }, 'tool'],
    ['a moment too late', { at: 1_000 + hour }, 'expired'],
    ['another recipient', { arguments: { ...shown, to: 'card_4422' } }, 'arguments'],
    ['a recipient that looks the same', { arguments: { ...shown, to: 'cаrd_4421' } }, 'arguments'],
    ['a hidden character', { arguments: { ...shown, to: 'card_4421\u200b' } }, 'arguments'],
    ['another type', { arguments: { ...shown, to: ['card_4421'] } }, 'arguments'],
    ['one argument more', { arguments: { ...shown, force: true } }, 'arguments'],
    ['one argument less', { arguments: { amount: 500, currency: 'EUR', to: 'card_4421' } }, 'arguments'],
    ['no arguments', { arguments: [] }, 'arguments'],
    ['more', { arguments: { ...shown, amount: 501 } }, 'amount'],
    ['nothing', { arguments: { ...shown, amount: 0 } }, 'amount'],
    ['less than nothing', { arguments: { ...shown, amount: -1 } }, 'amount'],
    ['an amount in words', { arguments: { ...shown, amount: '500' } }, 'amount'],
    [
      'no amount',
      { arguments: { currency: 'EUR', to: 'card_4421', note: shown.note ?? null, tags: ['a', 'b'] } },
      'amount',
    ],
    ['another currency', { spend: { minor: 500, currency: 'USD' } }, 'currency'],
    ['nothing to spend', { spend: null }, 'currency'],
    [
      'a worse origin',
      {
        origins: [
          { pointer: '/to', role: 'destination', worst: 'plan' },
          { pointer: '/to', role: 'destination', worst: 'untrusted' },
        ],
      },
      'provenance',
    ],
    [
      'an origin that was not shown',
      { origins: [{ pointer: '/cc', role: 'destination', worst: 'untrusted' }] },
      'provenance',
    ],
    [
      'what outsiders name, too',
      { origins: [{ pointer: '/to', role: 'destination', worst: 'trusted', isContested: true }] },
      'provenance',
    ],
  ])('is not %s', (_what, change, reason) => {
    expect(misfit(change)).toBe(reason);
  });

  it('is anything, or nothing, in what is free and nowhere else', () => {
    const terms = draft({ free: ['/note/text'] });
    expect(misfit({ arguments: { ...shown, note: { text: ['x'] } } }, terms)).toBeUndefined();
    expect(misfit({ arguments: { ...shown, note: {} } }, terms)).toBeUndefined();
    expect(misfit({ arguments: { ...shown, note: { text: 'x', more: 1 } } }, terms)).toBe('arguments');
    expect(misfit({ arguments: { ...shown, note: [{ text: 'x' }] } }, terms)).toBe('arguments');
    expect(misfit({ arguments: { ...shown, note: null } }, terms)).toBe('arguments');
  });

  it('is another task of the same delegation where that was granted', () => {
    const terms = { ...draft(), scope: 'delegation' as const };
    expect(misfit({ task: 'tsk_2' }, terms)).toBeUndefined();
    expect(misfit({ task: 'tsk_2', chain: ['dlg_2'] }, terms)).toBe('task');
  });

  it('never is a call that differs outside its terms', () => {
    const terms = draft({ free: ['/note/text'] });
    const grant = give(terms);
    const names = fc.constantFrom(
      'amount',
      'currency',
      'to',
      'note',
      'tags',
      '__proto__',
      'constructor',
      'x',
    );
    const inner = fc.oneof(fc.jsonValue(), fc.constantFrom(500, 499.5, 5e2, '500', 501, 'card_4421', 'EUR'));
    const changes = fc.array(fc.tuple(names, inner), { maxLength: 3 });
    fc.assert(
      fc.property(changes, (changed) => {
        const given = Object.fromEntries([...Object.entries(shown), ...changed]) as JsonObject;
        const fits = findGrantMisfit(grant, { ...call, arguments: given }) === undefined;
        const { note, amount, ...rest } = given;
        const { note: _note, amount: _amount, ...fixed } = shown;
        const isNote =
          typeof note === 'object' &&
          note !== null &&
          !Array.isArray(note) &&
          Object.keys(note).every((name) => name === 'text');
        const isAmount = typeof amount === 'number' && amount > 0 && amount <= 500;
        const isRest =
          JSON.stringify(Object.entries(rest).sort()) === JSON.stringify(Object.entries(fixed).sort());
        expect(fits).toBe(isNote && isAmount && isRest);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a narrower grant', () => {
  const wide = draft({ free: ['/note', '/tags'] });
  it.each<[string, Partial<GrantTerms>, boolean]>([
    ['the same', {}, true],
    ['fewer calls', { uses: 2 }, true],
    ['more calls', { uses: 4 }, false],
    ['an earlier end', { expiresAt: 2_000 }, true],
    ['a later end', { expiresAt: 2_000 + hour }, false],
    ['less that is free', { free: ['/tags'] }, true],
    ['more that is free', { free: ['/note', '/tags', '/x'] }, false],
    ['exact amounts', { atMost: [] }, true],
    ['smaller amounts', { atMost: [{ pointer: '/amount', most: 400 }] }, true],
    ['larger amounts', { atMost: [{ pointer: '/amount', most: 501 }] }, false],
    ['less in all', { total: { minor: 600, currency: 'EUR' } }, true],
    ['more in all', { total: { minor: 1501, currency: 'EUR' } }, false],
    ['another currency', { total: { minor: 600, currency: 'USD' } }, false],
    ['no total', { total: null }, false],
    ['another tool', { toolDigest: 'U' }, false],
    ['another environment', { environment: 'x' }, false],
    ['other effects', { effects: [] }, false],
    ['other origins', { origins: [] }, false],
    ['a delegation', { scope: 'delegation' }, false],
  ])('is %s: %s', (_what, change, isNarrower) => {
    expect(isNarrowerGrant({ ...wide, ...change }, wide)).toBe(isNarrower);
  });
});

describe('the text of a group', () => {
  const digests = Array.from({ length: 21 }, (_, at) => `${'d'.repeat(41)}${String(at).padStart(2, '0')}`);
  it('is the digests in order and nothing else', () => {
    expect(canonicalGroup(digests.slice(0, 2))).toBe(
      `{"actions":["${digests[0]}","${digests[1]}"],"type":"countersign/group/v1"}`,
    );
  });

  it.each<[string, readonly string[]]>([
    ['none', []],
    ['too many', digests],
    ['one twice', [digests[0] ?? '', digests[0] ?? '']],
    ['what is no digest', ['x']],
  ])('is not of %s', (_what, list) => {
    expect(() => canonicalGroup(list)).toThrow(RangeError);
  });
});
