import { createHash } from 'node:crypto';
import { EmbeddedJWK, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { generateAgentKey } from './agent-key.ts';
import { asksForNonce, ProofMaker } from './proof.ts';

const url = 'https://gate.test/mcp/shop';

describe('a proof of possession', () => {
  test('is bound to the request, the token and the newest nonce of that server alone', async () => {
    const { key } = await generateAgentKey('EdDSA');
    const proofs = new ProofMaker(key);
    proofs.learn(url, new Response(null, { headers: { 'dpop-nonce': 'first' } }));
    proofs.learn(url, new Response(null, { headers: { 'dpop-nonce': 'second' } }));
    proofs.learn('https://other.test/', new Response(null, { headers: { 'dpop-nonce': 'foreign' } }));
    const proof = await proofs.prove('POST', `${url}?query=left#out`, 'the token');
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' });
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', jwk: key.publicJwk });
    expect(protectedHeader.jwk).not.toHaveProperty('d');
    const ath = createHash('sha256').update('the token').digest('base64url');
    expect(payload).toMatchObject({ htm: 'POST', htu: url, ath, nonce: 'second' });
  });

  test('is never the same twice, and names no token when there is none', async () => {
    const proofs = new ProofMaker((await generateAgentKey()).key);
    const read = async () => (await jwtVerify(await proofs.prove('POST', url), EmbeddedJWK)).payload;
    const [one, two] = [await read(), await read()];
    expect(one.jti).not.toBe(two.jti);
    expect(one).not.toHaveProperty('ath');
    expect(one).not.toHaveProperty('nonce');
  });

  test('is asked for anew only by a refusal that brings a nonce', () => {
    const headers = { 'dpop-nonce': 'n' };
    expect(asksForNonce(new Response(null, { status: 401, headers }))).toBe(true);
    expect(asksForNonce(new Response(null, { status: 400, headers }))).toBe(true);
    expect(asksForNonce(new Response(null, { status: 200, headers }))).toBe(false);
    expect(asksForNonce(new Response(null, { status: 401 }))).toBe(false);
  });
});
