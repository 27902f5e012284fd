import { describe, expect, it } from 'vitest';
import { RememberedResults } from './remembered-results.ts';

describe('RememberedResults', () => {
  it('keeps the last of each thing, each upstream by itself', () => {
    const results = new RememberedResults();
    results.learn('shop', 'order', '7', { total: 1 });
    results.learn('shop', 'order', '7', { total: 2 });
    results.learn('bazaar', 'order', '7', { total: 3 });
    expect(results.of('shop', ['order']).get('order')?.get('7')).toEqual({ total: 2 });
    expect(results.of('bazaar', ['order', 'person'])).toEqual(
      new Map([
        ['order', new Map([['7', { total: 3 }]])],
        ['person', new Map()],
      ]),
    );
  });

  it('forgets what was read longest ago, and what is too large to keep', () => {
    const results = new RememberedResults();
    for (let at = 0; at < 600; at++) results.learn('shop', 'order', String(at), at);
    const orders = results.of('shop', ['order']).get('order');
    expect(orders?.size).toBe(512);
    expect(orders?.has('0')).toBe(false);
    expect(orders?.get('599')).toBe(599);
    results.learn('shop', 'order', '599', 'x'.repeat(70_000));
    expect(results.of('shop', ['order']).get('order')?.has('599')).toBe(false);
    for (let at = 0; at < 100; at++) results.learn('shop', 'note', String(at), 'x'.repeat(60_000));
    expect(results.of('shop', ['note']).get('note')?.size).toBeLessThan(20);
  });

  it('keeps names apart that an object would not', () => {
    const results = new RememberedResults();
    results.learn('shop', 'order', '__proto__', { polluted: true });
    results.learn('shop', 'order', 'constructor', 1);
    expect([...(results.of('shop', ['order']).get('order')?.keys() ?? [])]).toEqual([
      '__proto__',
      'constructor',
    ]);
    expect(results.of('shop', ['order']).get('order')?.get('toString')).toBeUndefined();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
