import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeBase64url } from './base64.ts';
import { canonicalJson } from './canonical-json.ts';
import { commitPayload, encodeEntry, type LedgerEntry, parseEntry } from './entry.ts';

const entry: LedgerEntry = {
  v: 1,
  stream: 'main',
  seq: 7,
  id: 'rec_1',
  at: 1_790_000_000_000,
  kind: 'action.decision',
  causes: ['rec_0'],
  commitment: commitPayload(new Uint8Array(16), '{}'),
};

describe('entry', () => {
  it('is written as canonical JSON', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9._:~-]{1,128}$/);
    fc.assert(
      fc.property(name, name, fc.array(name, { maxLength: 5 }), fc.maxSafeNat(), (id, kind, causes, seq) => {
        const some = { ...entry, id, kind, causes, seq };
        expect(encodeEntry(some)).toBe(canonicalJson(some));
        expect(parseEntry(JSON.parse(encodeEntry(some)))).toEqual(some);
      }),
    );
  });

  it.each([
    ['null', null],
    ['text', 'entry'],
    ['an extra member', { ...entry, extra: 1 }],
    ['a missing member', { ...entry, kind: undefined, extra: 1 }],
    ['another version', { ...entry, v: 2 }],
    ['a negative seq', { ...entry, seq: -1 }],
    ['an unsafe seq', { ...entry, seq: 2 ** 53 }],
    ['a broken time', { ...entry, at: 0.5 }],
    ['a name that needs escapes', { ...entry, id: 'a"b' }],
    ['an empty stream', { ...entry, stream: '' }],
    ['an endless kind', { ...entry, kind: 'k'.repeat(129) }],
    ['causes that are no list', { ...entry, causes: 'rec_0' }],
    ['too many causes', { ...entry, causes: Array(65).fill('rec_0') }],
    ['a cause that is no name', { ...entry, causes: [1] }],
    ['a short commitment', { ...entry, commitment: 'AA' }],
    ['a commitment that is no text', { ...entry, commitment: 5 }],
  ])('refuses %s', (_name, value) => {
    expect(parseEntry(value)).toBeUndefined();
  });
});

describe('commitment', () => {
  it('is the tagged, salted SHA-256 of the payload', () => {
    const salt = Buffer.alloc(16, 9);
    const expected = createHash('sha256')
      .update('countersign-ledger-payload-v1\n')
      .update(salt)
      .update('{"a":"é"}');
    expect(commitPayload(salt, '{"a":"é"}')).toBe(expected.digest('base64url'));
  });

  it('refuses a salt of another length, which would let salt and payload shift', () => {
    expect(() => commitPayload(new Uint8Array(15), '{}')).toThrow(RangeError);
  });
});

describe('base64', () => {
  it.each([['AA'], ['AB=='], ['AA=='.concat('\n')], ['A?=='], ['-_==']])('refuses %j', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it('reads only the canonical spelling', () => {
    expect(decodeBase64('AA==')).toEqual(Uint8Array.of(0));
    expect(decodeBase64url('-_8')).toEqual(Uint8Array.of(0xfb, 0xff));
    expect(decodeBase64url('-_9')).toBeUndefined();
    expect(decodeBase64url('AA==')).toBeUndefined();
  });
});
