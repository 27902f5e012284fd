import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromDerSignature, toDerSignature } from './der-signature.ts';

function joinHalves(r: string, s: string): Buffer {
  return Buffer.from(r.padStart(64, '0') + s.padStart(64, '0'), 'hex');
}

describe('toDerSignature', () => {
  it.each([
    ['1', '2', '3006020101020102'],
    ['7f', '80', '300702017f02020080'],
    ['0', '0', '3006020100020100'],
    ['ff00', '80', '3009020300ff0002020080'],
    ['ff'.repeat(32), '01'.repeat(32), `3045022100${'ff'.repeat(32)}0220${'01'.repeat(32)}`],
  ])('writes r %s and s %s', (r, s, der) => {
    expect(toDerSignature(joinHalves(r, s)).toString('hex')).toBe(der);
  });

  it('writes what OpenSSL verifies, for every length of r and s', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (let i = 0; i < 600; i++) {
      const message = Buffer.from(`message ${i}`);
      const signature = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      expect(verify('sha256', message, publicKey, toDerSignature(signature))).toBe(true);
      expect(fromDerSignature(toDerSignature(signature))).toEqual(signature);
      const der = sign('sha256', message, privateKey);
      const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
      expect(verify('sha256', message, key, fromDerSignature(der))).toBe(true);
      signature[i % 64] = (signature[i % 64] ?? 0) ^ 1;
      expect(verify('sha256', message, publicKey, toDerSignature(signature))).toBe(false);
    }
  });
});
