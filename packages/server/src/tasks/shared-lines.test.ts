import { describe, expect, it } from 'vitest';
import { SharedLines } from './shared-lines.ts';

interface Entry {
  readonly id: string;
  readonly parentId: string | null;
  used: number;
}

/** Rows `c` on `b` on `a`, and what was durably used of each. */
function makeLines() {
  const durable = new Map([
    ['a', 0],
    ['b', 0],
    ['c', 0],
  ]);
  const waiting: (() => void)[] = [];
  let isSlow = false;
  const lines = new SharedLines<Entry>(async (id) => {
    const names = ['a', 'b', 'c'].slice(0, ['a', 'b', 'c'].indexOf(id) + 1);
    const read = names.map((name, at) => {
      return { id: name, parentId: names[at - 1] ?? null, used: durable.get(name) ?? 0 };
    });
    if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve));
    return read;
  });
  return {
    lines,
    durable,
    waiting,
    slow: (wanted: boolean) => {
      isSlow = wanted;
    },
  };
}

describe('SharedLines', () => {
  it('holds each row once for all that stand on it', async () => {
    const { lines } = makeLines();
    const [long, short] = await Promise.all([lines.hold('c'), lines.hold('b')]);
    expect(long.entries.map((entry) => entry.id)).toEqual(['a', 'b', 'c']);
    expect(short.entries[1]).toBe(long.entries[1]);
    expect((await lines.hold('c')).entries[2]).toBe(long.entries[2]);
  });

  it('keeps a row until the last holder lets go of it, each once', async () => {
    const { lines, durable } = makeLines();
    const first = await lines.hold('b');
    const second = await lines.hold('b');
    first.release();
    first.release();
    expect((await lines.hold('a')).entries[0]).toBe(second.entries[0]);
    second.release();
    durable.set('b', 5);
    expect((await lines.hold('b')).entries[1]?.used).toBe(5);
  });

  it('reads again what was spent and let go while it was being read', async () => {
    const { lines, durable, waiting, slow } = makeLines();
    slow(true);
    const reading = lines.hold('b');
    await expect.poll(() => waiting.length).toBe(1);
    slow(false);
    // Another task reads the same row, spends from it, and is gone before the first read comes back.
    const other = await lines.hold('b');
    durable.set('b', 7);
    other.release();
    waiting[0]?.();
    expect((await reading).entries[1]?.used).toBe(7);
  });

  it('holds nothing when there is nothing to read', async () => {
    const lines = new SharedLines<Entry>(() => Promise.reject(new Error('not there')));
    await expect(lines.hold('x')).rejects.toThrow('not there');
    await expect(lines.hold('x')).rejects.toThrow('not there');
  });
});
