import { describe, expect, it } from 'vitest';
import { parseSettings } from '../settings.ts';

const url = 'https://files.example/mcp';
const issuer = 'https://login.example';
const invalid = expect.objectContaining({ code: 'upstream.settings_invalid' });
const refused = expect.objectContaining({ code: 'upstream.address_refused' });
const key = '{secret:app-key}';
const app = {
  kind: 'github-app',
  appId: 'Iv1.x',
  installationId: '1',
  privateKey: key,
  permissions: { contents: 'read' },
};
const sts = { kind: 'aws-sts', roleArn: 'arn:aws:iam::123456789012:role/agents', region: 'eu-central-1' };

describe('the credential of an upstream', () => {
  it.each<[string, 'mcp-http' | 'mcp-stdio', object]>([
    ['each person’s own', 'mcp-http', { url, credential: { kind: 'oauth-user' } }],
    [
      'client credentials',
      'mcp-http',
      { url, credential: { kind: 'client-credentials', clientId: 'a', clientSecret: key } },
    ],
    ['an exchange', 'mcp-http', { url, credential: { kind: 'token-exchange', issuer } }],
    ['an app at GitHub', 'mcp-http', { url, credential: app }],
    ['an app for a program', 'mcp-stdio', { command: 'x', credential: { ...app, variable: 'GITHUB_TOKEN' } }],
    ['a session of AWS', 'mcp-stdio', { command: 'x', credential: sts }],
    ['one beside a stored secret', 'mcp-http', { url, headers: { 'X-Key': key }, credential: app }],
  ])('may be %s', (_, kind, settings) => {
    expect(parseSettings(kind, settings)).toEqual(settings);
  });

  it.each<[string, 'mcp-http' | 'mcp-stdio', object]>([
    ['of no known kind', 'mcp-http', { url, credential: { kind: 'password' } }],
    ['a value instead of a reference', 'mcp-http', { url, credential: { ...app, privateKey: 'MIIEvg' } }],
    ['a value beside a reference', 'mcp-http', { url, credential: { ...app, privateKey: `x${key}` } }],
    [
      'a secret of a connection',
      'mcp-http',
      { url, credential: { ...app, privateKey: '{secret:connection-ucn-x}' } },
    ],
    ['beside an Authorization header', 'mcp-http', { url, headers: { Authorization: key }, credential: app }],
    ['a session of AWS over HTTP', 'mcp-http', { url, credential: sts }],
    ['a variable over HTTP', 'mcp-http', { url, credential: { ...app, variable: 'TOKEN' } }],
    ['for a program without a variable', 'mcp-stdio', { command: 'x', credential: app }],
    [
      'for a program, of no issuer',
      'mcp-stdio',
      { command: 'x', credential: { kind: 'oauth-user', variable: 'T' } },
    ],
    [
      'for a program whose variable is taken',
      'mcp-stdio',
      { command: 'x', env: { T: 'x' }, credential: { ...app, variable: 'T' } },
    ],
    ['beside a key of AWS', 'mcp-stdio', { command: 'x', env: { AWS_REGION: 'x' }, credential: sts }],
    ['an app that asks for nothing', 'mcp-http', { url, credential: { ...app, permissions: {} } }],
    ['an installation that is a path', 'mcp-http', { url, credential: { ...app, installationId: '../1' } }],
    ['a repository that is a path', 'mcp-http', { url, credential: { ...app, repositories: ['a/b'] } }],
    [
      'a role that is no role',
      'mcp-stdio',
      { command: 'x', credential: { ...sts, roleArn: 'arn:aws:iam::1:user/x' } },
    ],
    [
      'a region that is a host',
      'mcp-stdio',
      { command: 'x', credential: { ...sts, region: 'evil.example/' } },
    ],
    [
      'a session of AWS for a day',
      'mcp-stdio',
      { command: 'x', credential: { ...sts, durationSeconds: 86_400 } },
    ],
    ['a policy that is no JSON', 'mcp-stdio', { command: 'x', credential: { ...sts, sessionPolicy: 'all' } }],
    ['a scope with a space', 'mcp-http', { url, credential: { kind: 'oauth-user', scopes: ['a b'] } }],
    [
      'an issuer with credentials',
      'mcp-http',
      { url, credential: { kind: 'oauth-user', issuer: 'https://a:b@c.example' } },
    ],
    ['another member', 'mcp-http', { url, credential: { kind: 'oauth-user', token: 'x' } }],
  ])('is refused when it is %s', (_, kind, settings) => {
    expect(() => parseSettings(kind, settings)).toThrow(invalid);
  });

  it.each(['http://login.example', 'https://127.0.0.1', 'https://169.254.169.254/', 'ftp://login.example'])(
    'is not asked for at %s',
    (address) => {
      const settings = { url, credential: { kind: 'oauth-user', issuer: address } };
      expect(() => parseSettings('mcp-http', settings)).toThrow(refused);
    },
  );
});
