import { type PlatformIssuer, startPlatformIssuer } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchDocument } from '../../../outbound/fetch-document.ts';
import { createKeySource } from '../key-source.ts';
import { loadKeys } from '../load-keys.ts';
import { testWorkloadAttestor } from '../workload-attestor.contract.ts';
import { createGitHubActionsAttestor } from './create-github-actions-attestor.ts';

const audience = 'https://gate.example.com';
const now = () => 1_750_000_000_000;
const subject = 'repo:example/shop:ref:refs/heads/main';
let issuer: PlatformIssuer;

beforeEach(async () => {
  issuer = await startPlatformIssuer();
});
afterEach(() => issuer.close());

function open() {
  const trust = { name: 'ci', kind: 'github-actions', issuer: issuer.url, allowPrivate: true } as const;
  const keys = createKeySource({ load: () => loadKeys(trust, fetchDocument), now });
  return createGitHubActionsAttestor({
    ...{ name: 'ci', issuer: issuer.url, keys, audience, clockSkewSeconds: 5, now },
  });
}

const claims = () => ({
  ...{ iss: issuer.url, sub: subject, jti: 'job-1', repository: 'example/shop', repository_id: '4711' },
  ...{ ref: 'refs/heads/main', run_id: '42', unknown: 'left out' },
});

describe('createGitHubActionsAttestor', () => {
  testWorkloadAttestor(async () => ({
    ...{ issuer, attestor: open(), audience, now, subject, claims: claims() },
    facts: { repository: 'example/shop', repository_id: '4711', ref: 'refs/heads/main', run_id: '42' },
  }));

  it('counts once, and passes on nothing it does not know', async () => {
    const iat = Math.floor(now() / 1000);
    const attested = await open().attest(
      await issuer.sign({ ...claims(), aud: audience, iat, exp: iat + 60 }),
    );
    expect(attested.isSingleUse).toBe(true);
    expect(attested.facts).not.toHaveProperty('unknown');
  });

  it.each([
    ['another issuer', { iss: 'https://other.example' }],
    ['no id of its own', { jti: undefined }],
    ['no subject', { sub: undefined }],
  ])('refuses a token with %s', async (_, changes) => {
    const iat = Math.floor(now() / 1000);
    const token = await issuer.sign({ ...claims(), aud: audience, iat, exp: iat + 60, ...changes });
    await expect(open().attest(token)).rejects.toMatchObject({ code: 'token.client_assertion_invalid' });
  });
});
