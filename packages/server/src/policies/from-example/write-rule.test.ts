import type { JsonObject } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { decideWith, makeBundle, makeRequest, makeTool, testAgent } from '../create-test-policies.ts';
import { type RuleWish, writeRule } from './write-rule.ts';

const text = { type: 'string' };
const integer = { type: 'integer' };
const pay = makeTool('payments/send', {
  properties: {
    amount: integer,
    account_id: integer,
    rate: { type: 'number' },
    currency: { type: 'string', enum: ['EUR', 'USD'] },
    path: text,
    url: text,
    mail: text,
    note: text,
    tags: { type: 'array', items: text },
    isUrgent: { type: 'boolean' },
    payer: { type: 'object', properties: { name: text }, required: ['name'] },
    'we-ird `"\'': text,
    free: { type: 'object' },
  },
  required: ['amount'],
});
const wish: RuleWish = { record: 'rec_0123456789ABCDEF', group: null, isBounded: true };

async function permits(example: JsonObject, tried: JsonObject, change: Partial<RuleWish> = {}) {
  const { file } = writeRule(makeRequest(pay, example), { ...wish, ...change });
  const bundle = await makeBundle(file.text, [pay]);
  return decideWith(bundle, makeRequest(pay, tried)).effect === 'allow';
}

describe('a rule from an example', () => {
  const example = {
    amount: 700,
    account_id: 12,
    rate: 1.25,
    currency: 'EUR',
    path: '/srv/bot/inbox/a.txt',
    url: 'https://api.example.com/v1/x',
    mail: 'ann@example.com',
    note: 'rent',
    tags: ['a', 'b'],
    isUrgent: false,
    payer: { name: 'Ann' },
    'we-ird `"\'': 'x',
    free: { any: 1 },
  };

  it('permits the example, and says a bound for each argument', async () => {
    expect(await permits(example, example)).toBe(true);
    const { file, bounds } = writeRule(makeRequest(pay, example), wish);
    expect(bounds.map(({ path }) => path)).toContain('args.payer.name');
    expect(bounds.filter(({ condition }) => condition === null)).toEqual([]);
    expect(file.text).toContain('context.args.amount <= 1000');
    expect(file.text).toContain('To widen');
    expect(file.text).toContain(testAgent.id);
  });

  it.each([
    ['a number within its bound', { amount: 1000 }, true],
    ['a number beyond it', { amount: 1001 }, false],
    ['a negative number', { amount: -1 }, false],
    ['another account', { account_id: 13 }, false],
    ['a decimal within its bound', { rate: 2 }, true],
    ['a decimal beyond it', { rate: 2.0001 }, false],
    ['another of the listed values', { currency: 'USD' }, false],
    ['another file in the folder', { path: '/srv/bot/inbox/b/c.txt' }, true],
    ['a file that gets out of it', { path: '/srv/bot/inbox/../../root/.ssh' }, false],
    ['the same, encoded', { path: '/srv/bot/inbox/%2e%2e/x' }, false],
    ['a file elsewhere', { path: '/srv/bot/inbox2/a' }, false],
    ['the same host', { url: 'https://api.example.com/v2' }, true],
    ['a host that begins the same', { url: 'https://api.example.com.evil.test/' }, false],
    ['a host behind a user name', { url: 'https://api.example.com@evil.test/' }, false],
    ['another address of the domain', { mail: 'bob@example.com' }, true],
    ['another domain', { mail: 'ann@example.com.evil.test' }, false],
    ['two addresses', { mail: 'eve@evil.test,ann@example.com' }, false],
    ['two at signs', { mail: 'eve@evil.test@example.com' }, false],
    ['other words', { note: 'ransom' }, false],
    ['fewer of the list', { tags: ['b'] }, true],
    ['more than the list', { tags: ['b', 'c'] }, false],
    ['another truth', { isUrgent: true }, false],
    ['another inner value', { payer: { name: 'Eve' } }, false],
  ])('takes %s as it should', async (_, change, isPermitted) => {
    expect(await permits(example, { ...example, ...change })).toBe(isPermitted);
  });

  it('is not for arguments that were not given', async () => {
    expect(await permits({ amount: 1 }, { amount: 1 })).toBe(true);
    expect(await permits({ amount: 1 }, { amount: 1, note: 'x' })).toBe(false);
    expect(await permits({ amount: 1 }, { amount: 1, free: {} })).toBe(false);
  });

  it('is for nobody else, or for a group when that is wanted', async () => {
    const [{ file }, grouped] = [null, 'payers'].map((group) =>
      writeRule(makeRequest(pay, { amount: 1 }), { ...wish, group }),
    ) as [ReturnType<typeof writeRule>, ReturnType<typeof writeRule>];
    const other = { ...testAgent, id: 'agt_00000000000000000000000002', groups: ['payers'] };
    const ask = async (policy: string) =>
      decideWith(await makeBundle(policy, [pay]), makeRequest(pay, { amount: 1 }, { agent: other })).effect;
    expect(await ask(file.text)).toBe('deny');
    expect(await ask(grouped.file.text)).toBe('allow');
  });
});

const hostile = [
  '"); }; permit (principal, action, resource); //',
  '");permit(principal,action,resource);',
  'a"\n};\npermit (principal, action, resource);\nforbid (principal, action, resource) when { "',
  '\\"); permit (principal, action, resource); //',
  '\u2028permit (principal, action, resource);\u2029',
  '\u202e;)ecruoser ,noitca ,lapicnirp( timrep\u202c',
  '*',
  '/tmp/*/x',
  '/a"; permit (principal, action, resource);/b',
  'https://*/x',
  'x@*.com',
  '\0\u0007\u001b[2K',
  '__proto__',
  '{"__entity":{"type":"Countersign::Agent","id":"x"}}',
  '\u{1f600} é 漢',
  '',
];

describe('a hostile value', () => {
  it.each(hostile.map((value) => [JSON.stringify(value), value] as const))(
    'stays a value: %s',
    async (_, value) => {
      const given = { amount: 1, note: value, path: value, mail: value, url: value, tags: [value] };
      const request = makeRequest(pay, given, { agent: { ...testAgent, name: value, groups: [value] } });
      const { file } = writeRule(request, wish);
      const bundle = await makeBundle(file.text, [pay]);
      expect(bundle.policies).toHaveLength(1);
      expect(decideWith(bundle, request).effect).toBe('allow');
      const others = { amount: 1, note: `${value}!`, path: 'q', mail: 'q', url: 'q', tags: ['q'] };
      expect(decideWith(bundle, makeRequest(pay, others)).effect).toBe('deny');
      // Nothing that is not to be seen, or turns what is, and no line that nobody wrote.
      expect(file.text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(file.text.match(/^permit/gm)).toHaveLength(1);
    },
  );

  it('is no tool name either', async () => {
    for (const value of hostile.filter((one) => one !== '')) {
      const tool = makeTool(`shop/${value}`, { properties: { [`n${value}`]: text } });
      const request = makeRequest(tool, { [`n${value}`]: value });
      const { file } = writeRule(request, wish);
      const bundle = await makeBundle(file.text, [tool]);
      expect(bundle.policies).toHaveLength(1);
      expect(decideWith(bundle, request).effect).toBe('allow');
    }
  });

  it('that is no text is said not to be bounded', async () => {
    const { file, bounds } = writeRule(makeRequest(pay, { amount: 1, note: 'a\ud800' }), wish);
    expect(bounds.find(({ path }) => path === 'args.note')?.condition).toBeNull();
    const bundle = await makeBundle(file.text, [pay]);
    expect(decideWith(bundle, makeRequest(pay, { amount: 1, note: 'b' })).effect).toBe('allow');
  });
});
