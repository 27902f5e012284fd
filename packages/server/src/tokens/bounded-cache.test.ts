import { expect, it } from 'vitest';
import { createBoundedCache } from './bounded-cache.ts';

it('forgets the least recently used entry beyond its capacity', () => {
  const cache = createBoundedCache<number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3);
  expect(cache.get('b')).toBeUndefined();
  expect([cache.get('a'), cache.get('c'), cache.size]).toEqual([1, 3, 2]);
  cache.set('a', 4);
  expect([cache.get('a'), cache.size]).toEqual([4, 2]);
  cache.delete('a');
  expect(cache.get('a')).toBeUndefined();
  cache.clear();
  expect(cache.size).toBe(0);
});
