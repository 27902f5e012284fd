import { makeAgentKey } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isAlgorithmOf, parsePublicJwk, thumbprintOf, toPublicKey } from './public-jwk.ts';

describe('a public JWK', () => {
  it.each(['ES256', 'EdDSA'] as const)(
    'of type %s has the thumbprint that others compute',
    async (algorithm) => {
      const key = await makeAgentKey(algorithm);
      const jwk = parsePublicJwk(key.publicJwk);
      expect(jwk && thumbprintOf(jwk)).toBe(key.thumbprint);
      expect(jwk && isAlgorithmOf(jwk, algorithm)).toBe(true);
      expect(jwk && isAlgorithmOf(jwk, algorithm === 'ES256' ? 'EdDSA' : 'ES256')).toBe(false);
    },
  );

  it('agrees with RFC 8037 appendix A.3', () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    expect(thumbprintOf({ kty: 'OKP', crv: 'Ed25519', x })).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
  });

  it('is refused with a private part, of another type, or spelled in another way', async () => {
    const ec = await makeAgentKey('ES256');
    const ed = await makeAgentKey('EdDSA');
    const rsa = await makeAgentKey('RS256');
    const x = String(ec.publicJwk.x);
    const y = String(ec.publicJwk.y);
    // The last character of 43 carries two unused bits: another spelling of the same 32 bytes.
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(x.slice(-1));
    const respelled =
      x.slice(0, -1) + 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.charAt(last | 1);
    const refused: unknown[] = [
      ...[ec.privateJwk, ed.privateJwk, rsa.publicJwk, { kty: 'oct', k: 'c2VjcmV0' }, null, [], 'jwk', {}],
      ...[
        { ...ec.publicJwk, use: 'enc' },
        { ...ec.publicJwk, crv: 'P-384' },
        { ...ed.publicJwk, y },
      ],
      ...[
        { kty: 'EC', crv: 'P-256', x },
        { kty: 'EC', crv: 'P-256', x: `${x}=`, y },
        { ...ec.publicJwk, x: respelled },
      ],
    ];
    for (const jwk of refused) expect(parsePublicJwk(jwk)).toBeUndefined();
  });

  it('off the curve is no key', () => {
    const x = Buffer.alloc(32, 1).toString('base64url');
    const jwk = parsePublicJwk({ kty: 'EC', crv: 'P-256', x, y: x });
    expect(() => jwk && toPublicKey(jwk)).toThrow();
  });
});
