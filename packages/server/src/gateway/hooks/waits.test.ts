import { describe, expect, it } from 'vitest';
import { createSlots } from '../mcp/call-slots.ts';
import { Waits } from './waits.ts';

describe('calls that wait for a person', () => {
  it('are sixteen of one agent, and no more than there may be of all', async () => {
    const waits = new Waits(20);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const wait = () => promise;
    const first = Array.from({ length: 16 }, () => waits.run('one', wait));
    expect(await waits.run('one', wait)).toBe(false);
    const others = Array.from({ length: 4 }, (_, at) => waits.run(`other-${at}`, wait));
    expect(await waits.run('another', wait)).toBe(false);
    resolve(true);
    expect(await Promise.all([...first, ...others])).toEqual(Array(20).fill(true));
    expect(await waits.run('one', wait)).toBe(true);
    await expect(waits.run('one', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    const again = Array.from({ length: 16 }, () => waits.run('one', wait));
    expect(await Promise.all(again)).toEqual(Array(16).fill(true));
  });

  it('leave their place to others', async () => {
    const slots = createSlots(1);
    const { promise, resolve } = Promise.withResolvers<string>();
    const waiting = slots.run((slot) => slot.leaveDuring(() => promise));
    expect(await slots.run(() => Promise.resolve('served'))).toBe('served');
    resolve('decided');
    expect(await waiting).toBe('decided');
    const busy = slots.run(() => new Promise(() => undefined));
    await expect(slots.run(() => Promise.resolve(busy))).rejects.toMatchObject({ code: 'server.overloaded' });
  });
});
