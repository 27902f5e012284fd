import { type PlatformIssuer, startPlatformIssuer } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchDocument } from '../../../outbound/fetch-document.ts';
import { createKeySource } from '../key-source.ts';
import { loadKeys } from '../load-keys.ts';
import { testWorkloadAttestor } from '../workload-attestor.contract.ts';
import { createSpiffeAttestor, pickSvidKeys } from './create-spiffe-attestor.ts';

const audience = 'https://gate.example.com';
const now = () => 1_750_000_000_000;
const subject = 'spiffe://prod.example/ns/billing/sa/refunds';
let issuer: PlatformIssuer;

beforeEach(async () => {
  issuer = await startPlatformIssuer({ algorithm: 'ES256', use: 'jwt-svid' });
});
afterEach(() => issuer.close());

function open() {
  const trust = { name: 'mesh', kind: 'spiffe', keysUrl: issuer.keysUrl, allowPrivate: true } as const;
  const keys = createKeySource({
    load: async () => pickSvidKeys(await loadKeys(trust, fetchDocument)),
    now,
  });
  return createSpiffeAttestor({
    ...{ name: 'mesh', trustDomain: 'prod.example', keys, audience, clockSkewSeconds: 5, now },
  });
}

describe('createSpiffeAttestor', () => {
  testWorkloadAttestor(async () => ({
    ...{ issuer, attestor: open(), audience, now, subject, claims: { sub: subject } },
    facts: { trust_domain: 'prod.example' },
  }));

  it.each([
    'spiffe://prod.example',
    'spiffe://prod.example/',
    'spiffe://prod.example.evil/ns/billing',
    'spiffe://other.example/ns/billing',
    'spiffe://prod.example//billing',
    'spiffe://prod.example/ns/../admin',
    'spiffe://prod.example/ns/%61dmin',
    'spiffe://prod.example/ns?x',
    'SPIFFE://prod.example/ns',
  ])('refuses %s, which is no workload of its domain', async (sub) => {
    const iat = Math.floor(now() / 1000);
    const token = await issuer.sign({ sub, aud: audience, iat, exp: iat + 60 });
    await expect(open().attest(token)).rejects.toMatchObject({ code: 'token.client_assertion_invalid' });
  });

  it('takes no key of the bundle that is for something else', async () => {
    const other = await startPlatformIssuer({ algorithm: 'ES256', use: 'x509-svid' });
    const iat = Math.floor(now() / 1000);
    const trust = { name: 'mesh', kind: 'spiffe', keysUrl: other.keysUrl, allowPrivate: true } as const;
    const attestor = createSpiffeAttestor({
      ...{ name: 'mesh', trustDomain: 'prod.example', audience, clockSkewSeconds: 5, now },
      keys: createKeySource({ load: async () => pickSvidKeys(await loadKeys(trust, fetchDocument)), now }),
    });
    const token = await other.sign({ sub: subject, aud: audience, iat, exp: iat + 60 });
    await expect(attestor.attest(token)).rejects.toMatchObject({ code: 'token.client_assertion_invalid' });
    await other.close();
  });
});
