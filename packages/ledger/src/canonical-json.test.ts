import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

function nest(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

describe('canonicalJson', () => {
  it('writes the example of RFC 8785 section 3.2.2', () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    );
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts by UTF-16 code units, as in RFC 8785 section 3.2.3', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(Object.values(JSON.parse(canonicalJson(value)))).toContain(5);
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('keeps hostile member names as plain members', () => {
    const text = '{"__proto__":{"admin":true},"constructor":1}';
    expect(canonicalJson(JSON.parse(text))).toBe(text);
  });

  it.each([
    ['names that look like indexes', { b: 1, '10': 2, '9': 3 }, '{"10":2,"9":3,"b":1}'],
    ['the same deep inside', { b: [{ '10': 1, '9': 2 }], a: 1 }, '{"a":1,"b":[{"10":1,"9":2}]}'],
    ['objects without a prototype', Object.assign(Object.create(null), { b: 1, a: 2 }), '{"a":2,"b":1}'],
    ['members that want to be written otherwise', { a: 1, toJSON: 2 }, '{"a":1,"toJSON":2}'],
    ['objects of a class by their members', { b: new Date(0), a: 1 }, '{"a":1,"b":{}}'],
    [
      'ordered and unordered ones side by side',
      [{ a: 1 }, { b: { d: 1, c: 2 }, e: 3 }],
      '[{"a":1},{"b":{"c":2,"d":1},"e":3}]',
    ],
  ])('orders %s', (_name, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('leaves what it is given as it is', () => {
    const value = Object.freeze({ b: Object.freeze({ d: 1, c: Object.freeze([{ f: 1, e: 2 }]) }), a: 1 });
    const before = JSON.stringify(value);
    canonicalJson(value);
    expect(JSON.stringify(value)).toBe(before);
  });

  it('leaves out undefined members and keeps negative zero as zero', () => {
    expect(canonicalJson({ a: undefined, b: -0 })).toBe('{"b":0}');
  });

  it('is one spelling per value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate as a name', { '\udc00': 1 }],
    ['bigint', 1n],
    ['a function', [() => 1]],
    ['undefined', undefined],
    ['a function as a member', { b: () => 1, a: 1 }],
    ['a hole', { b: new Array(1), a: 1 }],
    ['a lone surrogate deep inside', { b: [{ d: '\ud800', c: 1 }], a: 1 }],
    ['deep nesting', nest(65)],
  ])('refuses %s', (_name, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('takes 64 levels', () => {
    expect(canonicalJson(nest(64))).toHaveLength(129);
  });
});
