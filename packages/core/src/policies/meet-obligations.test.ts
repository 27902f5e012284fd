import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../actions/json-value.ts';
import { capBytes, countBytes } from './cap-bytes.ts';
import { capRows } from './cap-rows.ts';
import { addMet, meetInJson, meetInText, NOTHING_MET } from './meet-obligations.ts';
import { REDACTED, redactJson } from './redact-json.ts';

const free = { redact: [], capRows: null, capBytes: null };

describe('redactJson', () => {
  const given: JsonValue = {
    customer: { iban: 'DE00', name: 'Ada', limits: [1, 2] },
    items: [{ ssn: '1', n: 1 }, { n: 2 }, 'bare'],
    '-': { '*': 'star' },
    'a/b': { '~': 'tilde' },
  };

  it.each<[string, string[], JsonValue, number]>([
    [
      'a text',
      ['/customer/iban'],
      { ...given, customer: { iban: REDACTED, name: 'Ada', limits: [1, 2] } },
      1,
    ],
    ['what is no text', ['/customer/limits'], { ...given, customer: { iban: 'DE00', name: 'Ada' } }, 1],
    ['each element', ['/items/*/ssn'], { ...given, items: [{ ssn: REDACTED, n: 1 }, { n: 2 }, 'bare'] }, 1],
    ['each element, as the RFC’s dash', ['/items/-/n'], { ...given, items: [{ ssn: '1' }, {}, 'bare'] }, 2],
    ['one element', ['/items/1'], { ...given, items: [{ ssn: '1', n: 1 }, 'bare'] }, 1],
    ['each member', ['/customer/*'], { ...given, customer: { iban: REDACTED, name: REDACTED } }, 3],
    ['a member called dash', ['/-/*'], { ...given, '-': { '*': REDACTED } }, 1],
    ['escaped names', ['/a~1b/~0'], { ...given, 'a/b': { '~': REDACTED } }, 1],
    ['nothing that is not there', ['/customer/iban/deep', '/none', '/items/9', '/items/01'], given, 0],
    ['only own members', ['/constructor', '/items/length', '/toString'], given, 0],
  ])('takes out %s', (_, pointers, value, redacted) => {
    const done = redactJson(given, pointers);
    expect(done).toEqual({ value, redacted });
    if (redacted === 0) expect(done.value).toBe(given);
  });

  it('takes out a member that a prototype would hide', () => {
    const hostile = JSON.parse('{"__proto__": {"iban": "DE00"}, "x": 1}');
    const { value, redacted } = redactJson(hostile, ['/__proto__/iban']);
    expect(JSON.stringify(value)).toBe(`{"__proto__":{"iban":"${REDACTED}"},"x":1}`);
    expect(redacted).toBe(1);
    expect(({} as { iban?: string }).iban).toBeUndefined();
  });

  it('leaves no trace of the values, wherever they stand', () => {
    const tree = fc.letrec<{ node: JsonValue }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<JsonValue>('plain', 7, null, true),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'secret', '__proto__'), tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (value) => {
        const hidden = JSON.parse(JSON.stringify({ rows: [{ secret: { deep: 'hidden' }, value }] }));
        expect(JSON.stringify(redactJson(hidden, ['/rows/*/secret']).value)).not.toContain('hidden');
      }),
    );
  });
});

describe('capRows', () => {
  it('cuts every array, and says how much', () => {
    const rows = { list: [[1, 2, 3], [4], [5]], n: 3 };
    expect(capRows(rows, 2)).toEqual({ value: { list: [[1, 2], [4]], n: 3 }, cut: 2 });
    expect(capRows(rows, 3).value).toBe(rows);
    expect(capRows('text', 1)).toEqual({ value: 'text', cut: 0 });
  });
});

describe('capBytes', () => {
  it('counts as UTF-8 does, and never cuts a character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(64), (text, bytes) => {
        const encoder = new TextEncoder();
        expect(countBytes(text)).toBe(encoder.encode(text).length);
        const short = capBytes(text, bytes);
        expect(text.startsWith(short)).toBe(true);
        expect(countBytes(short)).toBeLessThanOrEqual(bytes);
        const next = String.fromCodePoint(text.codePointAt(short.length) ?? 0);
        if (short !== text) expect(countBytes(short + next)).toBeGreaterThan(bytes);
      }),
    );
    expect(capBytes('aé😀', 4)).toBe('aé');
    expect(countBytes('\ud800')).toBe(3);
  });
});

describe('meetInJson', () => {
  it('redacts, then cuts, and withholds what is still too long', () => {
    const rows = { rows: [{ iban: 'DE00' }, { iban: 'DE01' }] };
    const owed = { redact: ['/rows/*/iban'], capRows: 1, capBytes: null };
    expect(meetInJson(rows, owed)).toEqual({
      value: { rows: [{ iban: REDACTED }] },
      met: { ...NOTHING_MET, redacted: 2, rowsCut: 1 },
    });
    expect(meetInJson(rows, { ...owed, capBytes: 10 }).value).toBeUndefined();
    expect(meetInJson(rows, { ...free, capBytes: 100 })).toEqual({ value: rows, met: NOTHING_MET });
    expect(meetInJson(rows, { ...free, capBytes: 10 }).met).toMatchObject({ withheld: 1, bytesCut: 42 });
    expect(meetInJson('bare', { ...free, redact: [''] }).value).toBe(REDACTED);
    expect(meetInJson(5, { ...free, redact: [''] }).value).toBeUndefined();
  });
});

describe('meetInText', () => {
  const redacting = { ...free, redact: ['/iban'] };

  it('redacts JSON where it stands', () => {
    expect(meetInText('{"iban":"DE00","n":1}', redacting).text).toBe(`{"iban":"${REDACTED}","n":1}`);
    const clean = '{ "n": 1 }';
    expect(meetInText(clean, redacting)).toEqual({ text: clean, met: NOTHING_MET });
  });

  it.each([
    ['plain words', 'Your IBAN is DE00'],
    ['a bare text in JSON', '"DE00"'],
    ['a bare number', '42'],
    ['two documents', '{"iban":"DE00"}\n{"iban":"DE01"}'],
    ['a cut document', '{"iban":"DE00"'],
    ['a name twice, of which a reader may take either', '{"iban":"DE00","iban":"x"}'],
    ['a number that nobody reads alike', '{"iban":12345678901234567890}'],
    ['a lone surrogate', '{"iban":"\ud800"}'],
    ['depth without end', `${'['.repeat(500)}1${']'.repeat(500)}`],
  ])('withholds %s while a redaction is owed', (_, text) => {
    expect(meetInText(text, redacting)).toEqual({ text: undefined, met: { ...NOTHING_MET, withheld: 1 } });
  });

  it('cuts rows of JSON, lines of text, and bytes of either', () => {
    expect(meetInText('[1,2,3]', { ...free, capRows: 2 })).toEqual({
      text: '[1,2]',
      met: { ...NOTHING_MET, rowsCut: 1 },
    });
    expect(meetInText('a\nb\nc', { ...free, capRows: 2 })).toEqual({
      text: 'a\nb',
      met: { ...NOTHING_MET, rowsCut: 1 },
    });
    expect(meetInText('a\nb', { ...free, capRows: 2 }).text).toBe('a\nb');
    expect(meetInText('[1,2,3]', { ...free, capRows: 2, capBytes: 3 })).toEqual({
      text: '[1,',
      met: { ...NOTHING_MET, rowsCut: 1, bytesCut: 2 },
    });
    expect(meetInText('plain', { ...free, capBytes: 5 })).toEqual({ text: 'plain', met: NOTHING_MET });
    expect(meetInText('[5]', { ...free, redact: ['/0'], capBytes: 1 }).text).toBe('[');
  });

  it('adds up', () => {
    const one = { redacted: 1, rowsCut: 2, bytesCut: 3, withheld: 4 };
    expect(addMet(one, one)).toEqual({ redacted: 2, rowsCut: 4, bytesCut: 6, withheld: 8 });
  });
});
