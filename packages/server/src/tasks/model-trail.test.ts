import { describe, expect, it } from 'vitest';
import { ModelTrail } from './model-trail.ts';

const any = () => true;
const ask = (id: string, argumentsDigest = 'd') => ({ id, name: 'pay', argumentsDigest, record: 'rec_a' });

describe('ModelTrail', () => {
  it('lets one action rest on what a model asked for, and the same call again when it did not go out', () => {
    const trail = new ModelTrail();
    trail.predict(ask('a'));
    const held = trail.take(any);
    expect(held).toMatchObject({ id: 'a', record: 'rec_a' });
    expect(trail.take(any)).toBeUndefined();
    held?.release();
    const again = trail.take(any);
    again?.use();
    again?.release();
    expect(trail.take(any)).toBeUndefined();
  });

  it('takes the one that is named before the oldest, and none that does not fit', () => {
    const trail = new ModelTrail();
    for (const id of ['a', 'b']) trail.predict(ask(id));
    expect(trail.take(({ argumentsDigest }) => argumentsDigest === 'other')).toBeUndefined();
    expect(trail.take(any, 'b')?.id).toBe('b');
    expect(trail.take(any, 'b')?.id).toBe('a');
  });

  it('forgets what is longest ago', () => {
    const trail = new ModelTrail();
    for (let i = 0; i < 5_000; i += 1) {
      trail.noteMessage(`d${i}`, 'rec');
      trail.noteResult(`c${i}`, 'rec');
      trail.predict(ask(String(i)));
      trail.findMessage('d0');
    }
    expect(trail.findMessage('d0')).toBe('rec');
    expect(trail.findMessage('d1')).toBeUndefined();
    expect([trail.resultOf('c0'), trail.resultOf('c4999')]).toEqual([undefined, 'rec']);
    expect(trail.take(any)?.id).toBe('4744');
  });

  it('keeps the record that first had a text', () => {
    const trail = new ModelTrail();
    trail.noteMessage('d', 'rec_first');
    trail.noteMessage('d', 'rec_later');
    expect(trail.findMessage('d')).toBe('rec_first');
  });
});
