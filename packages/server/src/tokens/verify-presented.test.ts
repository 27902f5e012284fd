import { createHash, createHmac } from 'node:crypto';
import { AppError } from '@countersign/api';
import { encodeId } from '@countersign/core';
import {
  type AgentKey,
  createManualClock,
  type DpopForgery,
  makeAgentKey,
  makeDpopProof,
} from '@countersign/testkit';
import { SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPlatform } from '../platform/platform.ts';
import { createProofNonces } from './proof-nonces.ts';
import { signAccessToken } from './sign-access-token.ts';
import { createSigningKeys, generatePrivateJwk, type SigningKey, toSigningKey } from './signing-keys.ts';
import type { TokenClaims } from './token-claims.ts';
import { createPresentedVerifier } from './verify-presented.ts';
import { createProofVerifier } from './verify-proof.ts';

const issuer = 'http://localhost:7420';
const url = `${issuer}/mcp/payments`;
const agent = encodeId('agt', 1, new Uint8Array(10));
const task = encodeId('tsk', 1, new Uint8Array(10));

let agentKey: AgentKey;
let otherKey: AgentKey;
let edKey: AgentKey;
const serverKey: SigningKey = toSigningKey(generatePrivateJwk('ES256'), null);

beforeAll(async () => {
  agentKey = await makeAgentKey('ES256');
  otherKey = await makeAgentKey('ES256');
  edKey = await makeAgentKey('EdDSA');
});

function makeServer() {
  const clock = createManualClock();
  const platform = createPlatform(clock.now);
  const nonces = createProofNonces(platform);
  const signingKeys = createSigningKeys([serverKey]);
  const proofs = createProofVerifier({ platform, nonces, clockSkewSeconds: 5 });
  const status = { isHonoured: () => true, requireHonoured: () => Promise.resolve() };
  const verifier = createPresentedVerifier({
    issuer,
    platform,
    signingKeys,
    proofs,
    nonces,
    status,
    clockSkewSeconds: 5,
    acceptsUnbound: true,
  });
  return { clock, platform, nonces, signingKeys, verifier };
}

let server: ReturnType<typeof makeServer>;
beforeEach(() => {
  server = makeServer();
});

function claimsFor(key: AgentKey, changes: Partial<TokenClaims> = {}): TokenClaims {
  const iat = Math.floor(server.clock.now() / 1000);
  return {
    ...{ iss: issuer, sub: agent, client_id: agent, agent, aud: [url], iat, exp: iat + 300 },
    ...{ jti: server.platform.newId('tok'), cnf: { jkt: key.thumbprint }, client_jkt: key.thumbprint },
    ...{ owner: server.platform.newId('per'), chain: [server.platform.newId('dlg')], task, ...changes },
  };
}

const tokenFor = (key: AgentKey, changes: Partial<TokenClaims> = {}) =>
  signAccessToken(serverKey, claimsFor(key, changes));

const proofFor = (key: AgentKey, accessToken: string, forge: DpopForgery = {}, at = server.clock.now()) =>
  makeDpopProof({ key, htm: 'POST', htu: url, accessToken, nonce: server.nonces.current(), at, forge });

const present = (token: string, proof: string, changes: object = {}) =>
  server.verifier.verify({
    ...{ authorization: [`DPoP ${token}`], dpop: [proof], method: 'POST', url, audience: url },
    ...changes,
  });

async function refusalOf(attempt: Promise<unknown>): Promise<AppError> {
  const thrown = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw new Error(`not refused with a typed error: ${String(thrown)}`);
  return thrown;
}

const codeOf = async (attempt: Promise<unknown>) => (await refusalOf(attempt)).code;

describe('a presented token', () => {
  it.each(['ES256', 'EdDSA'] as const)('with a %s proof says whose it is and for what', async (algorithm) => {
    const key = algorithm === 'ES256' ? agentKey : edKey;
    const token = await tokenFor(key);
    for (let call = 0; call < 3; call++) {
      expect(await present(token, await proofFor(key, token))).toMatchObject({
        ...{ agentId: agent, taskId: task, key: key.thumbprint, registeredKey: key.thumbprint },
        tokenHash: createHash('sha256').update(token).digest('base64url'),
        expiresAt: Math.floor(server.clock.now() / 1000) * 1000 + 300_000,
      });
    }
  });

  it('accepts the fully-specified name of Ed25519 and an htu that differs in spelling only', async () => {
    const token = await tokenFor(edKey);
    const forge = { header: { alg: 'Ed25519' }, claims: { htu: 'HTTP://LOCALHOST:7420/mcp/./payments?x#y' } };
    expect((await present(token, await proofFor(edKey, token, forge))).agentId).toBe(agent);
  });

  it('is refused as Bearer, without a proof, with two, or beside another', async () => {
    const token = await tokenFor(agentKey);
    const proof = await proofFor(agentKey, token);
    expect(await codeOf(present(token, proof, { authorization: [`Bearer ${token}`] }))).toBe(
      'token.bearer_refused',
    );
    expect(await codeOf(present(token, proof, { authorization: [] }))).toBe('token.missing');
    expect(await codeOf(present(token, proof, { authorization: [`DPoP ${token}`, `DPoP ${token}`] }))).toBe(
      'token.invalid',
    );
    expect(await codeOf(present(token, proof, { authorization: [`Basic ${token}`] }))).toBe('token.invalid');
    expect(await codeOf(present(token, proof, { dpop: [] }))).toBe('token.proof_invalid');
    expect(await codeOf(present(token, proof, { dpop: [proof, proof] }))).toBe('token.proof_invalid');
    expect(await codeOf(present(token, `${proof}, ${proof}`))).toBe('token.proof_invalid');
  });

  it('ends at its expiry, cached or not, and is for its audience alone', async () => {
    const token = await tokenFor(agentKey);
    const elsewhere = { audience: `${issuer}/mcp/files` };
    await present(token, await proofFor(agentKey, token));
    expect(await codeOf(present(token, await proofFor(agentKey, token), elsewhere))).toBe(
      'token.audience_mismatch',
    );
    server.clock.advance(300_000);
    expect(await codeOf(present(token, await proofFor(agentKey, token)))).toBe('token.expired');
    expect(await codeOf(present(token, await proofFor(agentKey, token)))).toBe('token.expired');
  });

  it('is refused when forged', async () => {
    const stranger = toSigningKey(generatePrivateJwk('ES256'), null);
    const secret = new TextEncoder().encode(JSON.stringify(serverKey.publicJwk));
    const { kid } = serverKey;
    const sign = (header: { alg: string; [name: string]: unknown }, key: Parameters<SignJWT['sign']>[0]) =>
      new SignJWT({ ...claimsFor(agentKey), aud: [url] }).setProtectedHeader(header).sign(key);
    const unsigned = [{ alg: 'none', typ: 'at+jwt' }, claimsFor(agentKey)]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const forgeries = [
      await signAccessToken(stranger, claimsFor(agentKey)),
      await signAccessToken({ ...stranger, kid }, claimsFor(agentKey)),
      // Algorithm confusion: the public key as an HMAC secret.
      await sign({ alg: 'HS256', typ: 'at+jwt', kid }, secret),
      await sign({ alg: 'ES256', typ: 'JWT', kid }, serverKey.privateKey),
      await sign({ alg: 'ES256', typ: 'dpop+jwt', kid }, serverKey.privateKey),
      await sign({ alg: 'ES256', typ: 'at+jwt' }, serverKey.privateKey),
      // The forger's key offered in the header.
      await sign(
        { alg: 'ES256', typ: 'at+jwt', kid: stranger.kid, jwk: stranger.publicJwk },
        stranger.privateKey,
      ),
      `${unsigned}.`,
      `${unsigned}.${'A'.repeat(86)}`,
      'not-a-token',
      await signAccessToken(serverKey, claimsFor(agentKey, { iss: 'http://localhost:7421' })),
      await signAccessToken(serverKey, claimsFor(agentKey, { client_id: 'agt_other' })),
    ];
    for (const token of forgeries) {
      expect(await codeOf(present(token, await proofFor(agentKey, token)))).toBe('token.invalid');
    }
    const [, payload = ''] = forgeries[0]?.split('.') ?? [];
    const altered = (await tokenFor(agentKey)).replace(/\.[^.]+\./, `.${payload}.`);
    expect(await codeOf(present(altered, await proofFor(agentKey, altered)))).toBe('token.invalid');
  });

  it('is refused once its key was removed, also when it was verified before', async () => {
    const token = await tokenFor(agentKey);
    await present(token, await proofFor(agentKey, token));
    const next = toSigningKey(generatePrivateJwk('ES256'), null);
    server.signingKeys.replace([next, { ...serverKey, removedAt: server.clock.now() + 1000 }]);
    server.verifier.forget();
    expect(server.signingKeys.publish(server.clock.now()).keys.map(({ kid }) => kid)).toEqual([
      next.kid,
      serverKey.kid,
    ]);
    await present(token, await proofFor(agentKey, token));
    server.clock.advance(1000);
    server.verifier.forget();
    expect(await codeOf(present(token, await proofFor(agentKey, token)))).toBe('token.invalid');
    expect(server.signingKeys.publish(server.clock.now()).keys).toHaveLength(1);
  });
});

describe('a DPoP proof', () => {
  it('works once, also for two copies in flight', async () => {
    const token = await tokenFor(agentKey);
    const proof = await proofFor(agentKey, token);
    const outcomes = await Promise.allSettled([
      present(token, proof),
      present(token, proof),
      present(token, proof),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await codeOf(present(token, proof))).toBe('token.proof_replayed');
    server.clock.advance(50_000);
    expect(await codeOf(present(token, proof))).toBe('token.proof_replayed');
    const sameJti = {
      claims: { jti: JSON.parse(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString()).jti },
    };
    expect(await codeOf(present(token, await proofFor(agentKey, token, sameJti)))).toBe(
      'token.proof_replayed',
    );
  });

  it('of another key does not open a stolen token, whoever holds the token', async () => {
    const token = await tokenFor(agentKey);
    const refusal = await refusalOf(present(token, await proofFor(otherKey, token)));
    expect(refusal.code).toBe('token.proof_invalid');
    const othersToken = await tokenFor(otherKey);
    expect(await codeOf(present(token, await proofFor(agentKey, othersToken)))).toBe('token.proof_invalid');
  });

  it.each<[string, string, DpopForgery]>([
    ['another method', 'htm', { claims: { htm: 'GET' } }],
    ['another path', 'htu', { claims: { htu: `${issuer}/mcp/files` } }],
    ['another host', 'htu', { claims: { htu: 'http://evil.example/mcp/payments' } }],
    ['user information in the URL', 'htu', { claims: { htu: 'http://user@localhost:7420/mcp/payments' } }],
    ['a URL that is none', 'htu', { claims: { htu: 'payments' } }],
    ['no token hash', 'ath', { claims: { ath: undefined } }],
    ['another token hash', 'ath', { claims: { ath: 'A'.repeat(43) } }],
    ['no jti', 'jti', { claims: { jti: undefined } }],
    ['a jti that is no text', 'jti', { claims: { jti: 5 } }],
    ['a huge jti', 'jti', { claims: { jti: 'j'.repeat(300) } }],
    ['no iat', 'iat', { claims: { iat: undefined } }],
    ['iat as text', 'iat', { claims: { iat: '1' } }],
    ['another typ', 'typ', { header: { typ: 'JWT' } }],
    ['no typ', 'typ', { header: { typ: undefined } }],
    ['an unencoded payload', 'header', { header: { b64: true } }],
    ['a key elsewhere', 'header', { header: { jku: 'http://evil.example/keys' } }],
    ['a certificate', 'header', { header: { x5c: ['MIIB'] } }],
    ['no key', 'jwk must be one public P-256 or Ed25519 key', { header: { jwk: undefined } }],
    ['a broken signature', 'signature', { breakSignature: true }],
  ])('with %s is refused', async (_, detail, forge) => {
    const token = await tokenFor(agentKey);
    const refusal = await refusalOf(present(token, await proofFor(agentKey, token, forge)));
    expect([refusal.code, refusal.detail]).toEqual(['token.proof_invalid', detail]);
  });

  it('is refused with a confused algorithm or a private key in its header', async () => {
    const token = await tokenFor(agentKey);
    const publicBytes = new TextEncoder().encode(JSON.stringify(agentKey.publicJwk));
    const forgeries: DpopForgery[] = [
      { header: { alg: 'none' } },
      { header: { alg: 'HS256' }, signWith: publicBytes },
      { header: { alg: 'HS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } }, signWith: publicBytes },
      { header: { jwk: agentKey.privateJwk } },
      { header: { jwk: edKey.publicJwk } },
      { signWith: otherKey.privateKey },
    ];
    for (const forge of forgeries) {
      expect(await codeOf(present(token, await proofFor(agentKey, token, forge)))).toBe(
        'token.proof_invalid',
      );
    }
    const rsaKey = await makeAgentKey('RS256');
    const rsaToken = await tokenFor(rsaKey);
    expect(await codeOf(present(rsaToken, await proofFor(rsaKey, rsaToken)))).toBe('token.proof_invalid');
  });

  it('is refused from the past and from the future', async () => {
    const token = await tokenFor(agentKey);
    const now = server.clock.now();
    await present(token, await proofFor(agentKey, token, {}, now - 64_000));
    await present(token, await proofFor(agentKey, token, {}, now + 5000));
    expect(await codeOf(present(token, await proofFor(agentKey, token, {}, now - 66_000)))).toBe(
      'token.proof_invalid',
    );
    expect(await codeOf(present(token, await proofFor(agentKey, token, {}, now + 7000)))).toBe(
      'token.proof_invalid',
    );
  });

  it('needs a nonce of this process, which the refusal brings along', async () => {
    const token = await tokenFor(agentKey);
    const before = makeServer();
    for (const nonce of [undefined, 'guess', before.nonces.current()]) {
      const refusal = await refusalOf(present(token, await proofFor(agentKey, token, { claims: { nonce } })));
      expect(refusal.code).toBe('token.proof_nonce_needed');
      expect(refusal.headers).toMatchObject({ 'DPoP-Nonce': server.nonces.current() });
      expect(refusal.headers?.['WWW-Authenticate']).toMatch(
        /^DPoP error="use_dpop_nonce", .*algs="ES256 EdDSA/,
      );
    }
    const stale = server.nonces.current();
    server.clock.advance(60_000);
    await present(token, await proofFor(agentKey, token, { claims: { nonce: stale } }));
    server.clock.advance(60_000);
    expect(await codeOf(present(token, await proofFor(agentKey, token, { claims: { nonce: stale } })))).toBe(
      'token.proof_nonce_needed',
    );
  });

  it('is refused when it is not strict JSON or not one compact JWS', async () => {
    const token = await tokenFor(agentKey);
    const [header = '', payload = '', signature = ''] = (await proofFor(agentKey, token)).split('.');
    const twice = Buffer.from(`{"jti":"a",${Buffer.from(payload, 'base64url').toString().slice(1)}`).toString(
      'base64url',
    );
    const proofs = [
      ...[
        '',
        'x',
        `${header}.${payload}`,
        `${header}.${payload}.${signature}.${signature}`,
        `${header}.${twice}.${signature}`,
      ],
      ...[`${header}.${payload}.${signature}=`, `${header}.${'A'.repeat(5000)}.${signature}`],
      `${header}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${signature}`,
    ];
    for (const proof of proofs) expect(await codeOf(present(token, proof))).toBe('token.proof_invalid');
  });

  it('binds nothing to a secret the caller could know', () => {
    const guess = createHmac('sha256', new Uint8Array(32)).update('0').digest('base64url');
    expect(server.nonces.isFresh(guess)).toBe(false);
  });
});

describe('a refusal', () => {
  it('tells clients where the metadata is', async () => {
    const { headers } = await refusalOf(present('', '', { authorization: [] }));
    const metadata =
      'resource_metadata="http://localhost:7420/.well-known/oauth-protected-resource/mcp/payments"';
    expect(headers?.['WWW-Authenticate']).toBe(
      `Bearer ${metadata}, DPoP algs="ES256 EdDSA Ed25519", ${metadata}`,
    );
    const invalid = await refusalOf(present('x', 'y'));
    expect(invalid.headers?.['WWW-Authenticate']).toMatch(
      /^DPoP error="invalid_token", error_description="[^"]+", algs=/,
    );
  });
});

describe('a token bound to a certificate', () => {
  const x5t = 'A'.repeat(43);
  const certificate = (name: string, change: object = {}) => ({
    ...{
      x5t: name,
      keyThumbprint: null,
      validFrom: server.clock.now(),
      validTo: server.clock.now() + 60_000,
    },
    ...change,
  });
  const over = (token: string, shown: object | undefined, scheme = 'Bearer') =>
    present(token, '', { authorization: [`${scheme} ${token}`], dpop: [], certificate: shown });

  it('is good with that certificate alone, while the certificate is', async () => {
    const token = await tokenFor(agentKey, { cnf: { 'x5t#S256': x5t } });
    expect(await over(token, certificate(x5t))).toMatchObject({ binding: { kind: 'mtls', x5t } });
    expect(await codeOf(over(token, undefined))).toBe('token.certificate_invalid');
    expect(await codeOf(over(token, certificate('B'.repeat(43))))).toBe('token.certificate_invalid');
    expect(await codeOf(over(token, certificate(x5t), 'DPoP'))).toBe('token.invalid');
    const later = certificate(x5t, { validFrom: server.clock.now() + 60_000 });
    expect(await codeOf(over(token, later))).toBe('token.certificate_invalid');
    const over65 = certificate(x5t);
    server.clock.advance(66_000);
    expect(await codeOf(over(token, over65))).toBe('token.certificate_invalid');
  });

  it('is not proven by a proof, and proves nothing of a token bound to a key', async () => {
    const bound = await tokenFor(agentKey);
    expect(await codeOf(over(bound, certificate(x5t)))).toBe('token.bearer_refused');
    const token = await tokenFor(agentKey, { cnf: { 'x5t#S256': x5t } });
    expect(await codeOf(present(token, await proofFor(agentKey, token)))).toBe('token.invalid');
  });
});

describe('a token bound to nothing', () => {
  const client = 'https://editor.example/client.json';
  const bare = (token: string) => present(token, '', { authorization: [`Bearer ${token}`], dpop: [] });
  const unboundFor = (changes: Partial<TokenClaims>) => {
    const { cnf, client_jkt, ...claims } = claimsFor(agentKey, changes);
    return signAccessToken(serverKey, claims);
  };

  it('is good for an hour at most, and of an interactive client alone', async () => {
    const token = await unboundFor({ client_id: client, exp: Math.floor(server.clock.now() / 1000) + 3600 });
    expect(await bare(token)).toMatchObject({ binding: { kind: 'none' }, key: 'unbound', clientId: client });
    const long = { client_id: client, exp: Math.floor(server.clock.now() / 1000) + 3601 };
    expect(await codeOf(bare(await unboundFor(long)))).toBe('token.invalid');
    expect(await codeOf(bare(await unboundFor({})))).toBe('token.invalid');
    expect(await codeOf(present(token, await proofFor(agentKey, token)))).toBe('token.invalid');
  });

  it('is refused with the challenge of its own scheme', async () => {
    const { headers } = await refusalOf(bare(await unboundFor({})));
    expect(headers?.['WWW-Authenticate']).toMatch(/^Bearer error="invalid_token", .*resource_metadata=/);
  });
});
