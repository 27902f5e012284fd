import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import type { JsonValue } from './json-value.ts';
import { parseStrictJson } from './strict-json.ts';

describe('canonicalJson', () => {
  it('serialises the example of RFC 8785 section 3.2.2 as section 3.2.4 says', () => {
    const text = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    expect(canonicalJson(JSON.parse(text))).toBe(
      `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],` +
        String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts keys by UTF-16 code units as in RFC 8785 section 3.2.3', () => {
    const names = ['€', '\r', '\ufb33', '1', '😀', '\u0080', 'ö', '</script>'];
    const value = Object.fromEntries(names.map((name) => [name, name]));
    const order = Object.keys(JSON.parse(canonicalJson(value)));
    expect(canonicalJson(value)).toBe(
      `{"\\r":"\\r","1":"1","</script>":"</script>","\u0080":"\u0080","ö":"ö","€":"€","😀":"😀","\ufb33":"\ufb33"}`,
    );
    expect(order).toHaveLength(8);
  });

  // RFC 8785 appendix B: the bits of a double and its text.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the double %s as %s', (bits, text) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(`0x${bits}`));
    expect(canonicalJson(view.getFloat64(0))).toBe(text);
  });

  it.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['an infinity', [Number.POSITIVE_INFINITY]],
    ['undefined', { a: undefined }],
    ['a hole', new Array(1)],
    ['a big integer', 1n],
    ['a function', () => 1],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a key', { '\udc00': 1 }],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value as JsonValue)).toThrow(TypeError);
  });

  const values = fc.jsonValue({ stringUnit: 'grapheme' }).map((value) => value as JsonValue);

  it.each([
    ['"', String.raw`"\""`],
    ['a\\b', String.raw`"a\\b"`],
    ['\u007f/\u2028', '"\u007f/\u2028"'],
    ['\b\t\n\f\r\u001f', String.raw`"\b\t\n\f\r\u001f"`],
    [' ~', '" ~"'],
  ])('writes the string %j as %s', (string, text) => {
    expect(canonicalJson(string)).toBe(text);
    expect(canonicalJson({ [string]: string })).toBe(`{${text}:${text}}`);
  });

  it('is read back as the same value, and is its own canonical form', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = canonicalJson(value);
        const read = JSON.parse(text);
        expect(read).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(read)).toBe(text);
        const strict = parseStrictJson(text, { depth: 100, keys: 10_000 });
        if (strict.ok) expect(canonicalJson(strict.value)).toBe(text);
      }),
    );
  });

  it('does not depend on the order of keys', () => {
    const members = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), values), {
      selector: ([key]) => key,
    });
    fc.assert(
      fc.property(members, (entries) => {
        const forwards = canonicalJson(Object.fromEntries(entries));
        expect(canonicalJson(Object.fromEntries([...entries].reverse()))).toBe(forwards);
      }),
    );
  });

  it('tells different values apart', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const areSame = JSON.stringify(a) === JSON.stringify(b);
        if (areSame) expect(canonicalJson(a)).toBe(canonicalJson(b));
        if (canonicalJson(a) === canonicalJson(b))
          expect(JSON.parse(canonicalJson(a))).toEqual(JSON.parse(JSON.stringify(b)));
      }),
    );
  });
});
