import { createManualClock } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { createFreshCache } from './fresh-cache.ts';

const open = () => {
  const clock = createManualClock();
  return {
    clock,
    cache: createFreshCache<string>({ now: clock.now, freshMilliseconds: 1_000, mostEntries: 2 }),
  };
};
/** A load that ends when it is told to. */
function hold(value: string) {
  let end: (value: string) => void = () => {};
  const loaded = new Promise<string>((resolve) => {
    end = resolve;
  });
  return { load: () => loaded, end: () => end(value) };
}
const never = () => Promise.reject(new Error('not to be asked'));

describe('createFreshCache', () => {
  it('asks once for all who want to know, and counts from the question', async () => {
    const { clock, cache } = open();
    const first = hold('one');
    const asked = [cache.get('a', first.load), cache.get('a', never)];
    clock.advance(600);
    first.end();
    expect(await Promise.all(asked)).toEqual(['one', 'one']);
    clock.advance(399);
    expect(await cache.get('a', never)).toBe('one');
    clock.advance(1);
    expect(await cache.get('a', async () => 'two')).toBe('two');
  });

  it('keeps nothing of a load that was overtaken by a change', async () => {
    const { cache } = open();
    const before = hold('before');
    const asked = cache.get('a', before.load);
    cache.drop('a');
    expect(await cache.get('a', async () => 'after')).toBe('after');
    before.end();
    expect(await asked).toBe('before');
    expect(await cache.get('a', never)).toBe('after');
  });

  it('serves nothing old when a load fails, and asks again the next time', async () => {
    const { clock, cache } = open();
    await cache.get('a', async () => 'one');
    clock.advance(1_000);
    await expect(cache.get('a', never)).rejects.toThrow('not to be asked');
    expect(await cache.get('a', async () => 'two')).toBe('two');
    clock.advance(-1);
    await expect(cache.get('a', never)).rejects.toThrow('not to be asked');
  });

  it('is bounded, and can be cleared', async () => {
    const { cache } = open();
    for (const key of ['a', 'b', 'c']) await cache.get(key, async () => key);
    await expect(cache.get('a', never)).rejects.toThrow();
    expect(await cache.get('c', never)).toBe('c');
    cache.clear();
    await expect(cache.get('c', never)).rejects.toThrow();
  });
});
