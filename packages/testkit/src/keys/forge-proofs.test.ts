import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, EmbeddedJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { makeAgentKey } from './make-agent-key.ts';
import { makeClientAssertion } from './make-client-assertion.ts';
import { makeDpopProof } from './make-dpop-proof.ts';

const htu = 'http://localhost:4400/mcp/files';

describe('a DPoP proof', () => {
  it.each(['ES256', 'EdDSA'] as const)('verifies with the %s key it shows', async (algorithm) => {
    const key = await makeAgentKey(algorithm);
    const proof = await makeDpopProof({ key, htm: 'POST', htu, accessToken: 'a-token', nonce: 'n' });
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' });
    expect(payload).toMatchObject({ htm: 'POST', htu, nonce: 'n' });
    expect(protectedHeader.jwk).not.toHaveProperty('d');
    expect(await calculateJwkThumbprint(protectedHeader.jwk ?? {})).toBe(key.thumbprint);
  });

  it('can be forged in every part', async () => {
    const key = await makeAgentKey();
    const other = await makeAgentKey();
    const input = { key, htm: 'POST', htu };
    const wrongKey = await makeDpopProof({ ...input, forge: { signWith: other.privateKey } });
    await expect(jwtVerify(wrongKey, EmbeddedJWK)).rejects.toThrow();
    await expect(
      jwtVerify(await makeDpopProof({ ...input, forge: { breakSignature: true } }), EmbeddedJWK),
    ).rejects.toThrow();
    const unsigned = await makeDpopProof({ ...input, forge: { header: { alg: 'none' } } });
    expect(unsigned.endsWith('.')).toBe(true);
    const bare = await makeDpopProof({ ...input, forge: { claims: { jti: undefined, iat: 1 } } });
    expect(decodeJwt(bare)).not.toHaveProperty('jti');
    expect(decodeJwt(bare).iat).toBe(1);
    const asHmac = await makeDpopProof({
      ...input,
      forge: { header: { alg: 'HS256' }, signWith: new TextEncoder().encode('k'.repeat(32)) },
    });
    expect(decodeProtectedHeader(asHmac).alg).toBe('HS256');
  });
});

describe('a client assertion', () => {
  it('names the client twice, the audience once, and lives a minute', async () => {
    const key = await makeAgentKey('EdDSA');
    const assertion = await makeClientAssertion({
      key,
      clientId: 'agt_1',
      audience: 'http://localhost:4400',
    });
    const claims = decodeJwt(assertion);
    expect(claims).toMatchObject({ iss: 'agt_1', sub: 'agt_1', aud: 'http://localhost:4400' });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);
  });
});
