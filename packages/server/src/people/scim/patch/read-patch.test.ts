import { describe, expect, it } from 'vitest';
import { readPatch } from './read-patch.ts';

describe('a change of too many attributes', () => {
  it('is refused before any of them is read', () => {
    let read = 0;
    const value = new Proxy(Object.fromEntries(Array.from({ length: 25_000 }, (_, n) => [`k${n}`, n])), {
      get: (target, name) => {
        read += 1;
        return Reflect.get(target, name);
      },
    });
    for (const many of [value, { 'urn:x:y': value }]) {
      const code = 'person.scim_invalid';
      const data = { scimType: 'tooMany' };
      expect(() => readPatch({ Operations: [{ op: 'add', value: many }] }, 200)).toThrow(
        expect.objectContaining({ code, data }),
      );
    }
    expect(read).toBe(0);
  });

  it('is refused too when several operations have them', () => {
    const Operations = Array.from({ length: 3 }, () => ({ op: 'add', value: { a: 1, b: 2 } }));
    expect(readPatch({ Operations }, 6)).toHaveLength(6);
    expect(() => readPatch({ Operations }, 5)).toThrow(
      expect.objectContaining({ code: 'person.scim_invalid' }),
    );
  });
});
