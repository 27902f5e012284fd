import { retentionClasses } from '@countersign/api';
import { commitPayload } from '@countersign/ledger';
import { describe, expect, it } from 'vitest';
import { testKeyRoots } from '../test-store.ts';
import { PayloadKeys } from './payload-keys.ts';

const keys = PayloadKeys.fromRoots(testKeyRoots);
const place = { stream: 'main', seq: 5, id: 'rec_5' };
const payload = '{"body":{"text":"ünïcode"}}';
const kind = 'action.intent';

describe('sealed payloads', () => {
  it('open to what was sealed, with the salt of their commitment', () => {
    const sealed = keys.take(place, kind).seal(payload);
    const opening = { payload, salt: expect.anything() };
    expect(keys.open({ ...place, kind, sealed })).toEqual({ opening });
    const read = keys.open({ ...place, kind, sealed });
    if (typeof read === 'string') throw new Error(read);
    expect(commitPayload(read.opening.salt, payload)).toBe(
      commitPayload(keys.take(place, kind).salt, payload),
    );
    expect(Buffer.from(sealed).includes('code')).toBe(false);
  });

  it('keep a salt of before they were sealed', () => {
    const salt = new Uint8Array(16).fill(3);
    const sealed = keys.take(place, kind).seal(payload, salt);
    expect(keys.open({ ...place, kind, sealed })).toEqual({ opening: { payload, salt } });
  });

  it('never look the same twice', () => {
    expect(keys.take(place, kind).seal(payload)).not.toEqual(keys.take(place, kind).seal(payload));
  });

  it.each<[string, (sealed: Uint8Array) => Partial<Parameters<PayloadKeys['open']>[0]>]>([
    ['at another place', () => ({ seq: 6 })],
    ['under another id', () => ({ id: 'rec_6' })],
    ['in another stream', () => ({ stream: 'other' })],
    ['cut short', (sealed) => ({ sealed: sealed.subarray(0, 40) })],
    ['cut to nothing', () => ({ sealed: new Uint8Array(0) })],
    ['of another format', (sealed) => ({ sealed: sealed.with(0, 2) })],
    ['of an unknown format', (sealed) => ({ sealed: sealed.with(0, 9) })],
    ['of another class', (sealed) => ({ sealed: sealed.with(1, 1) })],
    ['changed', (sealed) => ({ sealed: sealed.with(20, (sealed[20] ?? 0) ^ 1) })],
    ['not there any more', () => ({ sealed: null })],
    ['of another kind', () => ({ kind: 'server.started' })],
  ])('are damaged %s', (_name, change) => {
    const sealed = Uint8Array.from(keys.take(place, kind).seal(payload));
    expect(keys.open({ ...place, kind, sealed, ...change(sealed) })).toBe('damaged');
  });

  it('are erased once their key is destroyed, whatever copy of them is left, and no others are', () => {
    const sealed = keys.take(place, kind).seal(payload);
    const next = { ...place, seq: 6, id: 'rec_6' };
    const other = keys.take(next, kind).seal(payload);
    const left = keys.puncture([{ retentionClass: 'content', from: 5, to: 6 }]);
    expect(left.open({ ...place, kind, sealed })).toBe('erased');
    expect(left.open({ ...place, kind, sealed: null })).toBe('erased');
    expect(left.open({ ...next, kind, sealed: other })).toMatchObject({ opening: { payload } });
    expect(() => left.take(place, kind)).toThrow('no key');
  });

  it('pass for erased by no change of theirs where the keys of other classes are gone', () => {
    const sealed = Uint8Array.from(keys.take(place, 'action.decision').seal(payload));
    const left = keys.puncture([{ retentionClass: 'content', from: 0, to: 100 }]);
    const stored = { ...place, kind: 'action.decision' };
    expect(left.open({ ...stored, sealed })).toMatchObject({ opening: { payload } });
    for (let number = 0; number < 256; number += 1) {
      if (number === retentionClasses.indexOf('decision')) continue;
      expect(left.open({ ...stored, sealed: sealed.with(1, number) })).toBe('damaged');
    }
    for (const bytes of [Uint8Array.of(1), Uint8Array.of(1, 0), new Uint8Array(64), sealed.with(0, 0)])
      expect(left.open({ ...stored, sealed: bytes })).toBe('damaged');
  });

  it('are sealed by a thread that cannot open those of before', () => {
    const sealed = keys.take(place, kind).seal(payload);
    const writing = new PayloadKeys(keys.nodesFrom(6));
    expect(writing.open({ ...place, kind, sealed })).toBe('erased');
    const next = { ...place, seq: 6 };
    expect(keys.open({ ...next, kind, sealed: writing.take(next, kind).seal(payload) })).toMatchObject({
      opening: { payload },
    });
    expect(writing.nodes.every((nodes) => nodes.length < 41)).toBe(true);
    expect(writing.nodes).toHaveLength(retentionClasses.length);
  });
});
