import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { questions } from './ask-browser.ts';
import { Buffer } from './buffer.ts';
import { inflateList } from './doors/inflate-list.ts';
import { isSignedBy, openPublicKey } from './doors/public-key.ts';
import { sha256, sha256Text } from './doors/sha256.ts';
import { verifySignature } from './doors/verify-signature.ts';
import { encodeText } from './encode-text.ts';

const encoder = new TextEncoder();
const message = encoder.encode('what was said');
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const rsa = {
  ...{ name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, hash: 'SHA-256' },
  publicExponent: Uint8Array.of(1, 0, 1),
};

/** Asks until nothing new is asked, as the reader does. */
async function settle<T>(ask: () => T): Promise<T> {
  for (;;) {
    const said = ask();
    if (!(await questions.answer())) return said;
  }
}

async function makeKey(how: { readonly name: string }, form: Parameters<typeof openPublicKey>[1]) {
  const pair = (await crypto.subtle.generateKey(how, true, ['sign', 'verify'])) as CryptoKeyPair;
  const key = openPublicKey({ ...(await crypto.subtle.exportKey('jwk', pair.publicKey)) }, form);
  if (key === undefined) throw new Error('no key');
  const sign = async (text: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.sign(how, pair.privateKey, text));
  return { key, sign, pair };
}

/** Ecdsa-Sig-Value, as authenticators write it. */
function writeDer(plain: Uint8Array): Uint8Array {
  const numbers = [plain.subarray(0, 32), plain.subarray(32)].map((part) => {
    let start = 0;
    while (start < 31 && part[start] === 0) start += 1;
    const digits = [...part.subarray(start)];
    return (digits[0] ?? 0) > 127 ? [0, ...digits] : digits;
  });
  const body = numbers.flatMap((digits) => [2, digits.length, ...digits]);
  return Uint8Array.of(0x30, body.length, ...body);
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe('the doors that lead to the browser', () => {
  it('hash as the browser does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice()));
        expect(sha256(bytes)).toEqual(digest);
        expect(sha256Text(bytes)).toBe(encodeText(digest));
      }),
    );
  });

  it('verify Ed25519', async () => {
    const { sign, pair } = await makeKey({ name: 'Ed25519' }, { hash: null, encoding: 'der' });
    const key = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    const signature = await sign(message);
    expect(await settle(() => verifySignature(key, message, signature))).toBe(true);
    const other = signature.with(3, (signature[3] ?? 0) ^ 1);
    expect(await settle(() => verifySignature(key, message, other))).toBe(false);
    expect(verifySignature(key.slice(1), message, signature)).toBe(false);
  });

  it.each(['der', 'ieee-p1363'] as const)('verify ES256 as %s', async (encoding) => {
    const { key, sign } = await makeKey(ecdsa, { hash: 'sha256', encoding });
    for (let n = 0; n < 20; n += 1) {
      const text = Uint8Array.of(n);
      const plain = await sign(text);
      const signature = encoding === 'der' ? writeDer(plain) : plain;
      expect(await settle(() => isSignedBy(key, text, signature))).toBe(true);
      expect(await settle(() => isSignedBy(key, message, signature))).toBe(false);
    }
  });

  it('verify RS256 and EdDSA of passkeys', async () => {
    for (const how of [rsa, { name: 'Ed25519' }]) {
      const { key, sign } = await makeKey(how, { hash: null, encoding: 'der' });
      const signature = await sign(message);
      expect(await settle(() => isSignedBy(key, message, signature))).toBe(true);
      expect(await settle(() => isSignedBy(key, Uint8Array.of(1), signature))).toBe(false);
    }
  });

  it('refuse what is no signature, and what is no key', async () => {
    const key = openPublicKey({ kty: 'EC', crv: 'P-256', x: 'AA' }, { hash: 'sha256', encoding: 'der' });
    if (key === undefined) throw new Error('no key');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (bytes) => {
        expect(await settle(() => isSignedBy(key, message, bytes))).toBe(false);
      }),
      { numRuns: 100 },
    );
    const whole = writeDer(new Uint8Array(64).fill(9));
    expect(await settle(() => isSignedBy(key, message, whole))).toBe(false);
  });

  it('inflate a list, and none that swells or is none', async () => {
    const inflate = (bytes: Uint8Array) =>
      settle(() => {
        try {
          return inflateList(bytes);
        } catch {
          return null;
        }
      });
    expect(await inflate(await deflate(encoder.encode('list')))).toEqual(encoder.encode('list'));
    expect(await inflate(await deflate(new Uint8Array(8_000_000)))).toBeNull();
    expect(await inflate(Uint8Array.of(1, 2, 3))).toBeNull();
  });
});

describe('the small buffer', () => {
  it('reads back what it wrote, and writes it in one way', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        expect(whole.toString('base64')).toBe(btoa(String.fromCharCode(...bytes)));
        expect(whole.toString('base64url')).toBe(encodeText(bytes));
        for (const encoding of ['base64', 'base64url'])
          expect([...Buffer.from(whole.toString(encoding), encoding)]).toEqual([...bytes]);
        expect([...Buffer.concat([bytes, bytes])]).toEqual([...bytes, ...bytes]);
      }),
    );
    expect(Buffer.from('é\u0001').toString('hex')).toBe('c3a901');
    expect(Buffer.byteLength('é')).toBe(2);
  });

  it('takes hostile text for bytes without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQz09+/-_= \n*é') }), (text) => {
        expect(Buffer.from(text, 'base64').length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
