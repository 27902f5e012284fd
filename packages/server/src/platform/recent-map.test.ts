import { describe, expect, it } from 'vitest';
import { RecentMap } from './recent-map.ts';

describe('RecentMap', () => {
  it('drops what was not read since the last time round', () => {
    const map = new RecentMap<number>(2);
    map.add('a', 1);
    map.add('b', 2);
    expect(map.get('a')).toBe(1);
    expect(map.add('c', 3)).toEqual([2]);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
    expect(map.size).toBe(2);
  });

  it('drops something even when everything was read', () => {
    const map = new RecentMap<number>(3);
    for (const [value, key] of ['a', 'b', 'c'].entries()) map.add(key, value);
    for (const key of ['a', 'b', 'c']) map.get(key);
    expect(map.add('d', 3)).toEqual([0]);
    expect([...map.values()].sort()).toEqual([1, 2, 3]);
  });

  it('grows rather than dropping what may not be dropped, and shrinks when it may', () => {
    let isHeld = true;
    const map = new RecentMap<string>(1, (key) => !isHeld || key !== 'busy');
    map.add('busy', 'busy');
    expect(map.add('a', 'a')).toEqual([]);
    expect(map.size).toBe(2);
    expect(map.add('b', 'b')).toEqual(['a']);
    isHeld = false;
    expect([...map.add('c', 'c')].sort()).toEqual(['b', 'busy']);
    expect(map.size).toBe(1);
  });

  it('replaces and deletes', () => {
    const map = new RecentMap<number>(5);
    map.add('__proto__', 1);
    expect(map.add('__proto__', 2)).toEqual([]);
    expect(map.delete('__proto__')).toBe(2);
    expect(map.delete('__proto__')).toBeUndefined();
    expect(map.get('constructor')).toBeUndefined();
  });
});
