import { describe, expect, it } from 'vitest';
import type { Clue } from './clue.ts';
import { foldValue, VALUE_BOUNDS, visitValues } from './list-values.ts';
import { matchesClue, matchesGroup, type SearchedRecord } from './matches-clue.ts';

function list(value: unknown): string[] {
  const found: string[] = [];
  visitValues({ arguments: value }, (one) => found.push(one));
  return found;
}

describe('search.values: values of arguments', () => {
  it.each<[unknown, readonly string[]]>([
    [{ a: 'Blue', b: [1, 2.5, true, null], c: { d: '' } }, ['blue', '1', '2.5']],
    [{ iban: 'DE89 3704 0044 0532 0130 00' }, ['de89370400440532013000']],
    [
      { note: 'Please pay invoice INV-2026-0042 to anna@example.com soon.' },
      ['please pay invoice inv-2026-0042 to anna@example.com soon.', 'inv-2026-0042', 'anna@example.com'],
    ],
    [{ text: `to DE89 3704 0044 0532 0130 00 ${'x'.repeat(300)}` }, ['de89370400440532013000']],
    [{ amount: '1250.00' }, ['1250']],
    [{ amount: 1250 }, ['1250']],
    ['plain', ['plain']],
    [undefined, []],
  ])('%j', (value, expected) => {
    expect(list(value)).toEqual(expected);
  });

  it('are bounded in number, depth and length', () => {
    expect(list(Array.from({ length: 5000 }, (_, number) => number))).toHaveLength(VALUE_BOUNDS.values);
    let deep: unknown = 'needle';
    for (let level = 0; level < 5000; level += 1) deep = [deep];
    expect(list(deep)).toEqual([]);
    expect(list('a'.repeat(1_000_000))).toEqual([]);
    const begun = performance.now();
    list({ text: `${'a1'.repeat(100_000)} @` });
    list({ text: ' a@'.repeat(100_000) });
    list({ text: 'AA11 '.repeat(100_000) });
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it.each([
    ['Ａ', 'ａ'],
    ['E\u0301clair', '\u00e9clair'],
    ['10.50', '10.5'],
    ['0.0', '0'],
    ['007.50', '007.50'],
    ['100', '100'],
    ['-3.0', '-3'],
  ])('%s is looked for as %s', (text, expected) => {
    expect(foldValue(text)).toBe(expected);
  });
});

const record: SearchedRecord = {
  id: 'rec_1',
  kind: 'action.intent',
  at: 1000,
  causes: ['rec_0'],
  erased: false,
  action: 'act_1',
  agent: 'agt_1',
  agents: ['agt_0', 'agt_1'],
  task: 'tsk_1',
  person: 'per_1',
  chain: ['dlg_1'],
  upstream: 'payments',
  tool: 'pay',
  trace: 'a'.repeat(32),
  toolCall: 'call_1',
  session: 'digest-of-a-name',
  policyVersion: 'pol_1',
  body: { arguments: { to: { iban: 'DE89' }, amount: 5 }, effects: ['write', 'spend'], callDigest: 'digest' },
};

describe('a clue', () => {
  it.each<[Clue, boolean]>([
    [{ by: 'id', value: 'rec_1' }, true],
    [{ by: 'id', value: 'rec_0' }, true],
    [{ by: 'id', value: 'agt_0' }, true],
    [{ by: 'id', value: 'dlg_1' }, true],
    [{ by: 'id', value: 'agt_2' }, false],
    [{ by: 'kind', value: 'action.intent' }, true],
    [{ by: 'kind', value: 'action.*' }, true],
    [{ by: 'kind', value: 'actio.*' }, false],
    [{ by: 'upstream', value: 'payments' }, true],
    [{ by: 'tool', value: 'payments/pay' }, true],
    [{ by: 'tool', value: 'pay' }, false],
    [{ by: 'trace', value: 'a'.repeat(32) }, true],
    [{ by: 'toolcall', value: 'call_1' }, true],
    [{ by: 'session', value: 'digest-of-a-name' }, true],
    [{ by: 'session', value: 'another' }, false],
    [{ by: 'effect', value: 'spend' }, true],
    [{ by: 'effect', value: 'read' }, false],
    [{ by: 'decision', value: 'allow' }, false],
    [{ by: 'outcome', value: 'completed' }, false],
    [{ by: 'policy', value: 'pol_1' }, true],
    [{ by: 'hash', value: 'digest' }, true],
    [{ by: 'value', value: 'de89' }, true],
    [{ by: 'value', value: '5' }, true],
    [{ by: 'value', value: 'de89', at: '/to/iban' }, true],
    [{ by: 'value', value: '5', at: '/amount' }, true],
    [{ by: 'value', value: 'de89', at: '/amount' }, false],
    [{ by: 'value', value: 'de89', at: '/__proto__' }, false],
  ])('%j fits: %s', (clue, fits) => {
    expect(matchesClue(record, clue)).toBe(fits);
  });

  it('of an outcome and of a decision is read in their own records', () => {
    const outcome = { ...record, kind: 'action.outcome', body: { status: 'completed' } };
    expect(matchesClue(outcome, { by: 'outcome', value: 'completed' })).toBe(true);
    const decision = { ...record, kind: 'action.decision', body: { effect: 'deny' } };
    expect(matchesClue(decision, { by: 'decision', value: 'deny' })).toBe(true);
    const { body: _gone, ...erased } = { ...record, erased: true };
    expect(matchesClue(erased, { by: 'value', value: 'de89' })).toBe(false);
  });

  it('is one of several that a term stands for, and not one of a negated one', () => {
    const clues: Clue[] = [
      { by: 'upstream', value: 'pay' },
      { by: 'value', value: '5' },
    ];
    const range = { from: 0, to: 1001 };
    expect(matchesGroup(record, { ...range, terms: [{ clues, negated: false }] })).toBe(true);
    expect(matchesGroup(record, { ...range, terms: [{ clues, negated: true }] })).toBe(false);
    expect(matchesGroup(record, { from: 0, to: 1000, terms: [] })).toBe(false);
  });
});
