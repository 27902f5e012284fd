import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFlaw } from './find-json-flaw.ts';
import { type JsonFlawCode, parseStrictJson } from './strict-json.ts';

const LIMITS = { bytes: 10_000, depth: 16, keys: 100, stringLength: 1000 };

describe('parseStrictJson', () => {
  it.each(['null', 'true', '0', '-0', '1.5e3', '9007199254740991', '-9007199254740991', '""', '[]', '{}'])(
    'reads %s',
    (text) => {
      expect(parseStrictJson(text, LIMITS)).toEqual({ ok: true, value: JSON.parse(text) });
    },
  );

  it.each([
    ['colons, braces and quotes inside strings', String.raw`{"a:{[":"}]\":,\\","b":["\\",":"]}`],
    ['the same key in different objects', '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}'],
    [
      'a constructor that is plain data',
      '{"constructor":"McLaren","prototype":{"constructor":["prototype"]}}',
    ],
    ['paired surrogates', String.raw`{"\ud83d\ude00":"😀"}`],
    ['fractions as the nearest double', '[0.1,0.30000000000000001,5e-324,1e-999]'],
  ])('accepts %s', (_, text) => {
    expect(parseStrictJson(text, LIMITS)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it.each<[string, JsonFlawCode, number]>([
    ['', 'malformed', 0],
    ['{', 'malformed', 1],
    ['nul', 'malformed', 3],
    ['{"a":1}x', 'malformed', 7],
    ['[1,]', 'malformed', 4],
    ['"open', 'malformed', 5],
    [String.raw`"open\"`, 'malformed', 7],
    ['{"a":1]', 'malformed', 6],
    ['\ufeff{}', 'malformed', 3],
    ["{'a':1}", 'malformed', 1],
    ['NaN', 'malformed', 3],
    ['at position 1', 'malformed', 13],
    ['01', 'malformed', 1],
    ['{"a":1,"a":2}', 'duplicate_key', 7],
    [String.raw`{"a":1,"\u0061":2}`, 'duplicate_key', 7],
    ['[{"b":{"a":"a","c":[],"a":1}}]', 'duplicate_key', 22],
    ['{"a" :1,"a"\n:2}', 'duplicate_key', 8],
    ['{"a":{"__proto__":{}}}', 'forbidden_key', 6],
    [String.raw`{"__proto\u005f_":1}`, 'forbidden_key', 1],
    ['{"__proto__":1,"__proto__":1}', 'forbidden_key', 1],
    ['{"constructor":{"x":1,"prototype":{}}}', 'forbidden_key', 22],
    ['9007199254740992', 'unsafe_number', 0],
    ['[1,-9007199254740993.0]', 'unsafe_number', 3],
    ['{"a":1e21}', 'unsafe_number', 5],
    ['1e400', 'unsafe_number', 0],
    ['[-1e400]', 'unsafe_number', 1],
    [String.raw`["ok","\ud800"]`, 'lone_surrogate', 6],
    [String.raw`{"\udc00":1}`, 'lone_surrogate', 1],
    ['["ab\ud800"]', 'lone_surrogate', 4],
    [`["${'x'.repeat(1001)}"]`, 'too_large', 1],
    [`{"${'x'.repeat(1001)}":1}`, 'too_large', 1],
    [`{"a":"${'x'.repeat(10_000)}"}`, 'too_large', 10_008],
    [`{${Array.from({ length: 101 }, (_, i) => `"${i}":1`).join()}}`, 'too_large', 696],
    [`${'['.repeat(17)}${']'.repeat(17)}`, 'too_deep', 16],
    ['{"a":'.repeat(17), 'too_deep', 80],
  ])('refuses %s as %s', (text, code, at) => {
    expect(parseStrictJson(text, LIMITS)).toEqual({ ok: false, code, at });
  });

  it('refuses nesting of any depth without reading it recursively', () => {
    expect(parseStrictJson('['.repeat(1_000_000), { depth: 64, keys: 10 })).toMatchObject({
      code: 'too_deep',
    });
  });

  it('stays quick on runs of backslashes and quotes', () => {
    const text = `"${'\\\\'.repeat(200_000)}${'\\"'.repeat(200_000)}"`;
    expect(parseStrictJson(text, { depth: 1, keys: 1 }).ok).toBe(true);
  });

  it('measures size in UTF-8 bytes', () => {
    for (const text of ['"aé€😀"', '"éé"', '"€"', '"😀😀"', '"abc"']) {
      const bytes = new TextEncoder().encode(text).length;
      expect(parseStrictJson(text, { bytes, depth: 1, keys: 1 }).ok).toBe(true);
      expect(parseStrictJson(text, { bytes: bytes - 1, depth: 1, keys: 1 })).toMatchObject({
        code: 'too_large',
      });
    }
  });

  it('leaves no prototype polluted and gives own members only', () => {
    const read = parseStrictJson('{"constructor":1,"toString":2}', LIMITS);
    expect(read.ok && Object.keys(read.value as object)).toEqual(['constructor', 'toString']);
  });

  it('reads whatever JSON.stringify writes of safe values', () => {
    fc.assert(
      fc.property(safeValues(), (value) => {
        const text = JSON.stringify(value);
        expect(parseStrictJson(text, { depth: 100, keys: 10_000 })).toEqual({
          ok: true,
          value: JSON.parse(text),
        });
      }),
    );
  });

  it('never throws, and accepts only what JSON.parse accepts', () => {
    const fragments = fc.array(
      fc.constantFrom(
        ...'{}[]",:\\',
        '"a"',
        '"a":',
        '\\u0061',
        '"__proto__":',
        '1',
        '1e999',
        'null',
        ' ',
        '\ud800',
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fragments.map((parts) => parts.join('')),
        ),
        (text) => {
          const read = parseStrictJson(text, { depth: 5, keys: 5 });
          if (read.ok) expect(read.value).toEqual(JSON.parse(text));
          else expect(read.at).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('finds a duplicate wherever it is put', () => {
    fc.assert(
      fc.property(safeValues(), fc.string(), fc.boolean(), (value, key, inArray) => {
        fc.pre(key !== '__proto__' && key !== 'constructor');
        const member = JSON.stringify(key);
        const text = `{${member}:${JSON.stringify(value)},${member}:1}`;
        const read = parseStrictJson(inArray ? `[${text}]` : text, { depth: 100, keys: 10_000 });
        expect(read).toMatchObject({ ok: false, code: 'duplicate_key' });
      }),
    );
  });

  it('reports text without any flaw as malformed rather than passing it', () => {
    expect(findJsonFlaw('{"a":[1,true]}')).toEqual({ code: 'malformed', at: 14 });
  });
});

function safeValues(): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      fc.constant(null),
      fc.maxSafeInteger(),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.array(tie('value')),
      fc.dictionary(
        fc.string().filter((key) => key !== 'constructor' && key !== '__proto__'),
        tie('value'),
      ),
    ),
  })).value;
}
