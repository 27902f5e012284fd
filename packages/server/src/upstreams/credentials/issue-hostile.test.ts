import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import { createPlatform } from '../../platform/platform.ts';
import type { SecretStore } from '../../plugins/secret-store/secret-store.ts';
import { issueAwsSts } from './issue-aws-sts.ts';
import { issueGithubApp } from './issue-github-app.ts';
import type { IssueParts } from './issue-parts.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const secrets = {
  get: async () => ({ value: JSON.stringify(rsa.export({ format: 'jwk' })), version: '1', changedAt: null }),
} as Partial<SecretStore> as SecretStore;

function partsWith(answer: Response): IssueParts {
  const fetch: GuardedFetch = Object.assign(async () => answer, { close: async () => {} });
  return {
    platform: createPlatform(),
    secrets,
    publicUrl: 'https://countersign.example',
    signingKeys: {
      current: () => ({
        kid: 'k',
        privateKey: ec,
        publicKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
        publicJwk: { kty: 'EC', crv: 'P-256', x: '', y: '' },
        removedAt: null,
      }),
    },
    fetch: () => fetch,
    findIssuer: async () => {
      throw new Error('no issuer is asked');
    },
  };
}

const holder = { name: 'x', kind: 'mcp-stdio', settings: {} } as const;
const shared = { holder, claimant: null, refused: undefined };
const code = (wanted: string) => expect.objectContaining({ code: wanted });
const later = new Date(Date.now() + 900_000).toISOString();

describe('an installation token', () => {
  const credential = {
    kind: 'github-app',
    appId: 'a',
    installationId: '1',
    privateKey: '{secret:k}',
    repositories: ['shop'],
    permissions: { contents: 'read' },
  } as const;
  const good = {
    token: 'ghs_0123456789',
    expires_at: later,
    permissions: { contents: 'read', metadata: 'read' },
    repositories: [{ name: 'shop' }],
  };
  const issue = (answer: unknown, status = 201) =>
    issueGithubApp(partsWith(Response.json(answer, { status })), {
      ...shared,
      credential: { ...credential, repositories: [...credential.repositories] },
    });

  it('is taken when it is what was asked for', async () => {
    expect(await issue(good)).toMatchObject({ token: good.token, values: [good.token] });
    expect(JSON.stringify((await issue(good)).facts)).not.toContain(good.token);
  });

  it.each([
    ['a higher level', { ...good, permissions: { contents: 'write' } }],
    ['another permission', { ...good, permissions: { ...good.permissions, administration: 'read' } }],
    ['a level nobody knows', { ...good, permissions: { contents: 'owner' } }],
    ['a poisoned permission', { ...good, permissions: JSON.parse('{"__proto__": "admin"}') }],
    ['another repository', { ...good, repositories: [{ name: 'shop' }, { name: 'bank' }] }],
    ['every repository', { ...good, repositories: undefined }],
    ['a repository without a name', { ...good, repositories: [7] }],
    ['no time of its end', { ...good, expires_at: 'soon' }],
    ['no token', { ...good, token: undefined }],
    ['a token that is no token', { ...good, token: 'a b\r\nx-evil: 1' }],
    ['a list', []],
  ])('is refused with %s', async (_, answer) => {
    await expect(issue(answer)).rejects.toEqual(code('upstream.lied'));
  });

  it.each([401, 403, 404, 422, 500])('is not there with status %d', async (status) => {
    await expect(issue(good, status)).rejects.toEqual(code('upstream.credential_unavailable'));
  });
});

describe('a session of AWS', () => {
  const credential = {
    kind: 'aws-sts',
    roleArn: 'arn:aws:iam::123456789012:role/agents',
    region: 'eu-central-1',
  } as const;
  const element = (changes: Record<string, string> = {}) => {
    const values = {
      AccessKeyId: 'ASIA0123456789ABCDEF',
      SecretAccessKey: 'c2VjcmV0c2VjcmV0c2VjcmV0',
      SessionToken: 'dG9rZW50b2tlbnRva2VudG9rZW4=',
      Expiration: later,
      ...changes,
    };
    return `<Credentials>${Object.entries(values)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('')}</Credentials>`;
  };
  const issue = (body: string, status = 200) =>
    issueAwsSts(partsWith(new Response(body, { status })), { ...shared, credential });

  it('is put in the environment, and its secrets are known', async () => {
    const issued = await issue(element());
    expect(issued.environment).toMatchObject({ AWS_SESSION_TOKEN: 'dG9rZW50b2tlbnRva2VudG9rZW4=' });
    expect(issued.values).toEqual(['c2VjcmV0c2VjcmV0c2VjcmV0', 'dG9rZW50b2tlbnRva2VudG9rZW4=']);
  });

  it('does not live longer than was asked for, whatever its issuer says', async () => {
    const issued = await issue(element({ Expiration: '2999-01-01T00:00:00Z' }));
    expect(issued.expiresAt).toBeLessThan(Date.now() + 1_000_000);
  });

  it.each([
    ['nothing', ''],
    ['two sessions', element() + element()],
    ['an entity', element({ SessionToken: '&x;dG9rZW50b2tlbnRva2Vu' })],
    ['markup in a value', element({ SecretAccessKey: '<b>c2VjcmV0c2VjcmV0</b>' })],
    ['no time of its end', element({ Expiration: 'soon' })],
    ['a line break', element({ SecretAccessKey: 'c2VjcmV0\nc2VjcmV0c2VjcmV0' })],
  ])('is refused with %s', async (_, body) => {
    await expect(issue(body)).rejects.toEqual(code('upstream.lied'));
  });

  it('names nothing of an error but its code', async () => {
    const refused = issue('<Error><Code>AccessDenied</Code><Message>eyJhbGciOi</Message></Error>', 403);
    await expect(refused).rejects.toEqual(code('upstream.credential_unavailable'));
    await expect(refused).rejects.not.toThrow('eyJhbGciOi');
  });
});
