import { describe, expect, it } from 'vitest';
import { createSourceSlots } from './source-slots.ts';

describe('exports that are read at a time', () => {
  it('are some of each source, so that a slow one keeps no other waiting', async () => {
    const slots = createSourceSlots(3, 2);
    const { promise, resolve } = Promise.withResolvers<string>();
    const slow = [slots.run('slow', () => promise), slots.run('slow', () => promise)];
    const overloaded = { code: 'server.overloaded' };
    await expect(slots.run('slow', () => promise)).rejects.toMatchObject(overloaded);
    expect(await slots.run('other', async () => 'served')).toBe('served');
    const third = slots.run('other', () => promise);
    await expect(slots.run('another', () => promise)).rejects.toMatchObject(overloaded);
    resolve('done');
    expect(await Promise.all([...slow, third])).toEqual(['done', 'done', 'done']);
    await expect(slots.run('slow', () => Promise.reject(new Error('cut')))).rejects.toThrow('cut');
    expect(await slots.run('slow', async () => 'again')).toBe('again');
  });
});
