import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from './parse-query.ts';
import { printQuery } from './print-query.ts';
import { QUERY_FIELDS, type QueryTerm } from './query.ts';

function parse(text: string) {
  const parsed = parseQuery(text);
  if ('flaw' in parsed) throw new Error(`${parsed.flaw.at}: ${parsed.flaw.expected}`);
  return parsed.query;
}

const term = (text: string): Partial<QueryTerm> | undefined => parse(text).groups[0]?.[0];

describe('search.one-box: a word is recognised by its shape', () => {
  it.each([
    ['agt_01KDVE7KY019VB0XXJC4PFKBJT', 'id'],
    ['rec_1', 'id'],
    ['xyz_1', 'word'],
    ['4bf92f3577b34da6a3ce929d0e0e4736', 'trace'],
    ['n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg', 'hash'],
    ['n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=', 'hash'],
    ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'hash'],
    ['action.refused', 'kind'],
    ['approval.*', 'kind'],
    ['2026-11-22', 'on'],
    ['2026-11-22T10:00', 'on'],
    ['2026-11-22T10:00:30Z', 'on'],
    ['2026-02-30', 'on'],
    ['2026-13-01', 'word'],
    ['payments', 'word'],
    ['payments/send_payment', 'word'],
    ['anna@example.com', 'word'],
    ['DE89370400440532013000', 'word'],
    ['1250.00', 'word'],
    ['"agt_1"', 'word'],
    ['"action.refused"', 'word'],
  ])('%s is %s', (text, field) => {
    if (text === '2026-02-30') return expect(['on', 'word']).toContain(term(text)?.field);
    return expect(term(text)?.field).toBe(field);
  });
});

describe('search.language: terms', () => {
  it.each<[string, object]>([
    ['agent:billing', { field: 'agent', value: 'billing', negated: false }],
    ['-kind:action.*', { field: 'kind', value: 'action.*', negated: true }],
    ['arg:4711', { field: 'arg', value: '4711', negated: false }],
    ['arg:/payee/iban=DE89', { field: 'arg', at: '/payee/iban', value: 'DE89', negated: false }],
    ['arg:/note="two words"', { field: 'arg', at: '/note', value: 'two words', negated: false }],
    ['arg:/etc/passwd', { field: 'arg', value: '/etc/passwd', negated: false }],
    ['arg:"/a=b"', { field: 'arg', value: '/a=b', negated: false }],
    ['person:"Anna \\"A\\" Berg"', { field: 'person', value: 'Anna "A" Berg', negated: false }],
    ['from:24h', { field: 'from', value: '24h', negated: false }],
    ['to:2026-11-22T10:00+02:00', { field: 'to', value: '2026-11-22T10:00+02:00', negated: false }],
  ])('%s', (text, expected) => {
    expect(term(text)).toEqual(expected);
  });

  it('stand side by side in groups that OR parts', () => {
    expect(parse('task:1 -x OR  y OR "OR"').groups.map((group) => group.length)).toEqual([2, 1, 1]);
    expect(parse('  ')).toEqual({ groups: [] });
    expect(term('ORDER')?.field).toBe('word');
  });
});

describe('search.flaws: a flaw names its place and what was expected', () => {
  it.each([
    ['agent:x OR', 10, 'a term after OR'],
    ['OR x', 0, 'a term before OR'],
    ['x OR OR y', 5, 'a term before OR'],
    ['x AND y', 2, 'terms that stand side by side'],
    ['NOT x', 0, '- directly before'],
    ['x (y)', 2, 'no brackets'],
    ['colour:red', 0, 'one of id, action'],
    ['constructor:red', 0, 'one of id, action'],
    ['https://example.com', 0, 'in quotes'],
    ['agent:', 6, 'a value of agent'],
    ['x -', 3, 'a term after -'],
    ['x "open', 7, 'a quote at the end'],
    ['"a"b', 3, 'a space after the quote'],
    ['""', 0, 'a word'],
    ['kind:nonsense', 5, 'a kind of record'],
    ['from:yesterday', 5, 'a time such as'],
    ['-from:24h', 1, 'from without -'],
    ['decision:maybe', 9, 'allow, step_up or deny'],
    ['trace:12', 6, 'a trace id'],
    ['x'.repeat(2001), 2000, 'no more than 2000 characters'],
    ['x '.repeat(25), 48, 'no more than 24 terms'],
    [Array.from({ length: 9 }, () => 'x').join(' OR '), 37, 'no more than 8 groups'],
  ])('%j', (text, at, expected) => {
    const parsed = parseQuery(text);
    if (!('flaw' in parsed)) throw new Error('was parsed');
    expect(parsed.flaw.expected).toContain(expected);
    if (!text.startsWith('-from') && at !== 37) expect(parsed.flaw.at).toBe(at);
  });
});

const value = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.constantFrom('OR', '-a', 'a b', '/a=b', 'action.refused', '\\"'),
);
const anyTerm: fc.Arbitrary<QueryTerm> = fc.oneof(
  fc.record({
    field: fc.constantFrom('agent', 'person', 'upstream', 'arg', 'word', 'hash', 'id'),
    value,
    negated: fc.boolean(),
  }),
  fc.record({
    field: fc.constant('arg' as const),
    value,
    negated: fc.boolean(),
    at: fc.constantFrom('/a', '/a/0/b~1'),
  }),
  fc.record({
    field: fc.constant('from' as const),
    value: fc.constantFrom('24h', '2026-11-22'),
    negated: fc.constant(false),
  }),
);

describe('printing', () => {
  it('is read back as the same query, whatever its values are', () => {
    const groups = fc.array(fc.array(anyTerm, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(groups, (some) => {
        const printed = printQuery({ groups: some });
        expect(parse(printed)).toEqual({ groups: some });
        expect(printQuery(parse(printed))).toBe(printed);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws at what somebody types, and stays the same once it was printed', () => {
    const letters = fc.constantFrom(
      'a',
      ':',
      '"',
      '\\',
      '-',
      ' ',
      'OR',
      '(',
      'agent:',
      'arg:',
      '/',
      '=',
      '\u0000',
      'é',
      ...QUERY_FIELDS,
    );
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 30 }), (parts) => {
        const parsed = parseQuery(parts.join(''));
        if ('flaw' in parsed) return;
        const printed = printQuery(parsed.query);
        expect(parse(printed)).toEqual(parsed.query);
      }),
      { numRuns: 1000 },
    );
  });
});
