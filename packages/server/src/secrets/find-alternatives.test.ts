import { describe, expect, it } from 'vitest';
import { DocumentUnavailable, type FetchDocument } from '../outbound/fetch-document.ts';
import { findAlternatives } from './find-alternatives.ts';

const asked: string[] = [];
/** Documents by URL, as text. */
const publish =
  (documents: Record<string, unknown>): FetchDocument =>
  async ({ url }) => {
    asked.push(url);
    if (!Object.hasOwn(documents, url)) throw new DocumentUnavailable('the answer was 404');
    const document = documents[url];
    return { text: typeof document === 'string' ? document : JSON.stringify(document), headers: {} };
  };
const nothing = publish({});
const http = (url: string) => ({ kind: 'mcp-http' as const, settings: { url } });
const program = (env: Record<string, string>) => ({
  kind: 'mcp-stdio' as const,
  settings: { command: 'x', env },
});
const hows = async (...args: Parameters<typeof findAlternatives>) =>
  (await findAlternatives(...args)).map(({ how }) => how);

describe('findAlternatives', () => {
  it.each([
    ['https://api.githubcopilot.com/mcp', ['github-app']],
    ['https://github.com.evil.test/mcp', []],
    ['https://bedrock.eu-west-1.amazonaws.com/mcp', ['aws-sts']],
    ['https://mcp.example.com/mcp', []],
  ])('knows an issuer by the address: %s', async (url, expected) => {
    expect(await hows(http(url), nothing)).toEqual(expected);
  });

  it('knows an issuer by the variables of a program, and asks nobody', async () => {
    asked.length = 0;
    const secret = '{secret:key}';
    expect(await hows(program({ GITHUB_PERSONAL_ACCESS_TOKEN: secret }), nothing)).toEqual(['github-app']);
    expect(await hows(program({ AWS_SECRET_ACCESS_KEY: secret }), nothing)).toEqual(['aws-sts']);
    expect(await hows(program({ PGPASSWORD: secret }), nothing)).toEqual(['leased']);
    expect(await hows(program({ API_KEY: secret }), nothing)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('asks the upstream for its authorization server, and that for its grants', async () => {
    const documents = {
      'https://mcp.test/.well-known/oauth-protected-resource/mcp': {
        authorization_servers: ['https://as.test/t'],
      },
      'https://as.test/.well-known/oauth-authorization-server/t': {
        grant_types_supported: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      },
    };
    expect(await hows(http('https://mcp.test/mcp'), publish(documents))).toEqual([
      'oauth-user',
      'client-credentials',
      'token-exchange',
    ]);
  });

  it.each([
    ['no JSON', '<html>'],
    ['a list', []],
    ['servers that are none', { authorization_servers: [7] }],
    ['a server that is no URL', { authorization_servers: ['not a url'] }],
    ['poisoned names', '{"__proto__":{"authorization_servers":["https://as.test"]}}'],
  ])('takes no hint from hostile metadata: %s', async (_, document) => {
    const documents = { 'https://mcp.test/.well-known/oauth-protected-resource': document };
    expect(await hows(http('https://mcp.test/'), publish(documents))).toEqual([]);
  });

  it('shows nothing that an upstream wrote', async () => {
    const issuer = 'https://as.test/<script>';
    const documents = {
      'https://mcp.test/.well-known/oauth-protected-resource': { authorization_servers: [issuer] },
    };
    const found = await findAlternatives(http('https://mcp.test/'), publish(documents));
    expect(JSON.stringify(found)).not.toContain('script');
  });
});
