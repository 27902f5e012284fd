import { type PlatformIssuer, startPlatformIssuer } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchDocument } from '../../../outbound/fetch-document.ts';
import { createKeySource } from '../key-source.ts';
import { loadKeys } from '../load-keys.ts';
import { testWorkloadAttestor } from '../workload-attestor.contract.ts';
import { createKubernetesAttestor } from './create-kubernetes-attestor.ts';

const audience = 'https://gate.example.com';
const now = () => 1_750_000_000_000;
const subject = 'system:serviceaccount:billing:refunds';
let issuer: PlatformIssuer;

beforeEach(async () => {
  issuer = await startPlatformIssuer();
});
afterEach(() => issuer.close());

function open() {
  const trust = { name: 'cluster', kind: 'kubernetes', issuer: issuer.url, allowPrivate: true } as const;
  const keys = createKeySource({ load: () => loadKeys(trust, fetchDocument), now });
  return createKubernetesAttestor({
    ...{ name: 'cluster', issuer: issuer.url, keys, audience, clockSkewSeconds: 5, now },
  });
}

const claims = () => ({
  iss: issuer.url,
  sub: subject,
  'kubernetes.io': {
    namespace: 'billing',
    serviceaccount: { name: 'refunds', uid: '6c1e' },
    pod: { name: 'refunds-7d', uid: '9f2a' },
    node: { name: 'node-1' },
  },
});

describe('createKubernetesAttestor', () => {
  testWorkloadAttestor(async () => ({
    ...{ issuer, attestor: open(), audience, now, subject, claims: claims() },
    facts: {
      namespace: 'billing',
      serviceaccount: 'refunds',
      serviceaccount_uid: '6c1e',
      pod: 'refunds-7d',
      pod_uid: '9f2a',
      node: 'node-1',
    },
  }));

  it.each([
    ['another issuer', { iss: 'https://other.example' }],
    ['no issuer', { iss: undefined }],
    ['a user', { sub: 'system:admin' }],
    ['a name with another inside', { sub: 'system:serviceaccount:billing:refunds:admin' }],
    ['a name in capitals', { sub: 'system:serviceaccount:Billing:refunds' }],
  ])('refuses the token of %s', async (_, changes) => {
    const iat = Math.floor(now() / 1000);
    const token = await issuer.sign({ ...claims(), aud: audience, iat, exp: iat + 60, ...changes });
    await expect(open().attest(token)).rejects.toMatchObject({ code: 'token.client_assertion_invalid' });
  });
});
