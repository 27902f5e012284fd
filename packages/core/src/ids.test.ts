import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeId, ID_PREFIXES, type IdPrefix, isId, parseId, readIdTime } from './ids.ts';

const prefixes = fc.constantFrom(...(Object.keys(ID_PREFIXES) as IdPrefix[]));
const times = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const randoms = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('ids', () => {
  it('encodes the ULID test values', () => {
    expect(encodeId('agt', 0, new Uint8Array(10))).toBe(`agt_${'0'.repeat(26)}`);
    expect(encodeId('agt', 2 ** 48 - 1, new Uint8Array(10).fill(255))).toBe(`agt_7${'Z'.repeat(25)}`);
    expect(encodeId('tsk', 1469918176385, new Uint8Array(10)).slice(4, 14)).toBe('01ARYZ6S41');
  });

  it('makes ids that parse, carry their time and sort by it', () => {
    fc.assert(
      fc.property(prefixes, times, times, randoms, (prefix, early, late, random) => {
        const id = encodeId(prefix, early, random);
        expect(isId(prefix, id)).toBe(true);
        expect(parseId(prefix, id)).toBe(id);
        expect(readIdTime(id)).toBe(early);
        if (early < late) expect(id < encodeId(prefix, late, new Uint8Array(10))).toBe(true);
      }),
    );
  });

  it('gives different ids to different random bytes', () => {
    fc.assert(
      fc.property(randoms, randoms, (a, b) => {
        const same = a.every((byte, i) => byte === b[i]);
        expect(encodeId('act', 1, a) === encodeId('act', 1, b)).toBe(same);
      }),
    );
  });

  const body = '01ARYZ6S410000000000000000';
  it.each([
    ['another prefix', `dlg_${body}`],
    ['no prefix', body],
    ['lower case', `agt_${body.toLowerCase()}`],
    ['a letter outside the alphabet', `agt_${body.slice(0, 25)}U`],
    ['an alias of zero', `agt_O${body.slice(1)}`],
    ['a time beyond 48 bits', `agt_8${body.slice(1)}`],
    ['too short', `agt_${body.slice(1)}`],
    ['too long', `agt_${body}0`],
    ['a line end', `agt_${body.slice(1)}\n`],
    ['no text', 7],
    ['an object that prints as one', { toString: () => `agt_${body}` }],
  ])('refuses %s', (_, value) => {
    expect(isId('agt', value)).toBe(false);
    expect(parseId('agt', value)).toBeUndefined();
  });

  it('refuses times and random bytes that no caller should hand in', () => {
    for (const time of [-1, 1.5, 2 ** 48, Number.NaN]) {
      expect(() => encodeId('agt', time, new Uint8Array(10))).toThrow(RangeError);
    }
    expect(() => encodeId('agt', 0, new Uint8Array(9))).toThrow(RangeError);
  });
});
