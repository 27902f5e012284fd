import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { type NoteSigner, parseNote, signNote, verifyNote } from './note.ts';
import { hashEmptyTree } from './tree-hash.ts';
import { createVerifierKey, formatVerifierKey, parseVerifierKey, type VerifierKey } from './verifier-key.ts';
import { verifySignature } from './verify-signature.ts';

// The example in the documentation of golang.org/x/mod/sumdb/note.
const goKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const goNote =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

function makeSigner(name: string): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  return { key: createVerifierKey(name, raw), sign: (message) => sign(null, message, privateKey) };
}

function requireKey(text: string): VerifierKey {
  const key = parseVerifierKey(text);
  if (key === undefined) throw new Error('the key does not parse');
  return key;
}

function verdict(note: string, key: VerifierKey): string {
  const parsed = parseNote(note);
  return parsed === undefined ? 'malformed' : verifyNote(parsed, key);
}

describe('verifier key', () => {
  it('reads and writes the published example', () => {
    expect(formatVerifierKey(requireKey(goKey))).toBe(goKey);
  });

  it.each([
    ['another id', goKey.replace('c74f20a3', 'c74f20a4')],
    ['another name', goKey.replace('Peter', 'Petra')],
    ['another algorithm', goKey.replace('+ARpc', '+AhpC')],
    ['a short key', 'n+00000000+ARpc'],
    ['no key', 'PeterNeumann+c74f20a3+'],
    ['a space in the name', goKey.replace('Peter', 'Peter ')],
    ['padding added', `${goKey}=`],
    ['nothing', ''],
  ])('refuses %s', (_name, text) => {
    expect(parseVerifierKey(text)).toBeUndefined();
  });

  it('refuses impossible names and lengths', () => {
    expect(() => createVerifierKey('a b', new Uint8Array(32))).toThrow(RangeError);
    expect(() => createVerifierKey('a+b', new Uint8Array(32))).toThrow(RangeError);
    expect(() => createVerifierKey('a', new Uint8Array(31))).toThrow(RangeError);
  });
});

describe('note', () => {
  const signer = makeSigner('example.test/ledger');
  const note = signNote('first\nsecond\n', signer);

  it('verifies the published example', () => {
    expect(verdict(goNote, requireKey(goKey))).toBe('verified');
  });

  it('verifies what it signed, also beside signatures by others', () => {
    expect(verdict(note, signer.key)).toBe('verified');
    const other = signNote('first\nsecond\n', makeSigner('other')).split('\n\n')[1];
    expect(verdict(`${note}${other}`, signer.key)).toBe('verified');
    expect(verdict(`first\nsecond\n\n${other}`, signer.key)).toBe('unknown_key');
    expect(verdict(note, makeSigner('example.test/ledger').key)).toBe('unknown_key');
  });

  it.each([
    ['changed text', note.replace('first', 'First'), 'bad_signature'],
    [
      'a good and a bad signature',
      `${note}${note.split('\n\n')[1]?.replace(/.{8}\n$/, 'AAAAAAA=\n')}`,
      'bad_signature',
    ],
    ['no final newline', note.slice(0, -1), 'malformed'],
    ['no signature', 'first\n\n', 'malformed'],
    ['no blank line', 'first\n— a AAAAAAAA\n', 'malformed'],
    ['a control character', note.replace('first', 'fir\u0000st'), 'malformed'],
    ['a carriage return', note.replace('first\n', 'first\r\n'), 'malformed'],
    ['a lone surrogate', note.replace('first', '\ud800'), 'malformed'],
    ['a hyphen for the dash', note.replace('—', '-'), 'malformed'],
    ['a signature shorter than its key id', 'first\n\n— a AAAAAA==\n', 'malformed'],
    ['broken base64', 'first\n\n— a AAAAAAA\n', 'malformed'],
    ['a third word', 'first\n\n— a AAAAAAAA b\n', 'malformed'],
    ['too many signatures', `first\n\n${'— a AAAAAAAA\n'.repeat(101)}`, 'malformed'],
    ['too much text', `${'x'.repeat(1_000_001)}${note}`, 'malformed'],
  ])('finds %s', (_name, text, expected) => {
    expect(verdict(text, signer.key)).toBe(expected);
  });

  it('refuses to sign text that could not be read back', () => {
    expect(() => signNote('no newline', signer)).toThrow(RangeError);
    expect(() => signNote('tab\t\n', signer)).toThrow(RangeError);
  });
});

describe('signature', () => {
  it('is refused, never thrown, when lengths or points are impossible', () => {
    const message = new Uint8Array(1);
    expect(verifySignature(new Uint8Array(31), message, new Uint8Array(64))).toBe(false);
    expect(verifySignature(new Uint8Array(32), message, new Uint8Array(63))).toBe(false);
    expect(verifySignature(new Uint8Array(32).fill(255), message, new Uint8Array(64))).toBe(false);
  });
});

describe('checkpoint', () => {
  const checkpoint = { origin: 'example.test/ledger', size: 12, root: hashEmptyTree() };
  const text = formatCheckpoint(checkpoint);

  it('reads what it writes, and ignores extension lines', () => {
    expect(parseCheckpoint(text)).toEqual(checkpoint);
    expect(parseCheckpoint(`${text}extension\n`)).toEqual(checkpoint);
    expect(parseCheckpoint(text.replace('\n12\n', '\n0\n'))?.size).toBe(0);
  });

  it.each([
    ['no final newline', text.slice(0, -1)],
    ['an empty origin', text.replace(checkpoint.origin, '')],
    ['a leading zero', text.replace('\n12\n', '\n012\n')],
    ['a negative size', text.replace('\n12\n', '\n-1\n')],
    ['an unsafe size', text.replace('\n12\n', '\n9007199254740992\n')],
    ['a short root', 'o\n1\nAAAA\n'],
    ['no root', 'o\n1\n'],
    ['an empty extension line', `${text}\nx\n`],
  ])('refuses %s', (_name, bad) => {
    expect(parseCheckpoint(bad)).toBeUndefined();
  });
});
