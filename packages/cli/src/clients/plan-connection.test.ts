import { describe, expect, it } from 'vitest';
import { mcpClients } from './mcp-client.ts';
import { isMove } from './move-servers.ts';
import { planConnection } from './plan-connection.ts';

const [client] = mcpClients;
const server = 'http://localhost:7420';

/** As the files of clients write it. */
const variable = (inner: string) => `\${${inner}}`;

function plan(servers: Record<string, unknown>, changes: object = {}) {
  if (client === undefined) throw new Error('there is no client');
  const environment = { GITHUB_TOKEN: 'ghp_0123456789abcdef', EMPTY: '' };
  return planConnection({
    ...{ client, entries: new Map(Object.entries(servers)), server, environment, importServers: true },
    ...{ upstreams: [], ...changes },
  });
}

function move(entry: unknown, name = 'it') {
  const [one] = plan({ [name]: entry });
  return one !== undefined && isMove(one) ? { ...one, values: Object.fromEntries(one.values) } : one;
}

describe('a plan to connect a client', () => {
  it('moves a server over HTTP, its headers into the secret store', () => {
    const entry = {
      type: 'http',
      url: 'https://api.example/mcp',
      headers: { Authorization: `Bearer ${variable('GITHUB_TOKEN')}` },
    };
    expect(move(entry, 'My GitHub!')).toEqual({
      ...{ name: 'My GitHub!', action: 'move', upstream: 'my-github', url: `${server}/mcp/my-github` },
      kind: 'mcp-http',
      settings: { url: entry.url, headers: { Authorization: 'Bearer {secret:my-github-authorization}' } },
      values: { 'my-github-authorization': 'ghp_0123456789abcdef' },
      secrets: ['my-github-authorization'],
    });
  });

  it('moves a program, what is named like a credential into the secret store', () => {
    const entry = {
      command: 'npx',
      args: ['-y', 'server'],
      env: { API_KEY: 'k-1', LEVEL: 'info', A_TOKEN: '' },
    };
    expect(move(entry)).toMatchObject({
      kind: 'mcp-stdio',
      settings: { ...entry, env: { API_KEY: '{secret:it-api-key}', LEVEL: 'info', A_TOKEN: '' } },
      values: { 'it-api-key': 'k-1' },
    });
  });

  it('reads the entries of every client', () => {
    expect(move({ httpUrl: 'https://api.example/mcp' })).toMatchObject({
      settings: { url: 'https://api.example/mcp' },
    });
    const codex = { url: 'https://api.example/mcp', bearer_token_env_var: 'GITHUB_TOKEN' };
    expect(move(codex)).toMatchObject({ values: { 'it-authorization': 'ghp_0123456789abcdef' } });
    expect(move({ url: 'http://localhost:9/mcp' })).toMatchObject({ settings: { allowPrivate: true } });
    expect(move({ command: 'x', env: { LEVEL: variable('NONE:-info') } })).toMatchObject({
      settings: { env: { LEVEL: 'info' } },
    });
  });

  it.each([
    ['a switched-off server', { command: 'x', disabled: true }],
    ['the old transport', { type: 'sse', url: 'https://api.example/sse' }],
    ['a credential in the address', { url: 'https://user:word@api.example/mcp' }],
    ['a key in the address', { url: 'https://api.example/mcp?key=1' }],
    ['a key among the arguments', { command: 'x', args: ['--api-key', 'k'] }],
    ['a token among the arguments', { command: 'x', args: ['--with=ghp_0123456789abcdef'] }],
    ['what only the client can ask', { command: 'x', env: { KEY: variable('input:key') } }],
    ['a variable that is not set', { command: 'x', env: { KEY: variable('env:NOT_SET') } }],
    ['another scheme', { url: 'file:///etc/passwd' }],
    ['neither', {}],
    ['no table', 'x'],
    ['arguments that are no texts', { command: 'x', args: [1] }],
  ])('leaves %s where it is, and says why', (_, entry) => {
    const [one] = plan({ it: entry });
    expect(one).toMatchObject({ name: 'it', action: 'keep' });
    expect(one?.reason).not.toBe('');
  });

  it('leaves alone what is behind the gateway already, and adds what was asked for', () => {
    const servers = { files: { url: `${server}/mcp/files` }, pay: { command: 'pay', disabled: true } };
    expect(plan(servers, { upstreams: ['files', 'pay', 'mail'] })).toMatchObject([
      { name: 'files', action: 'keep' },
      { name: 'pay', action: 'keep' },
      { name: 'countersign-pay', action: 'add', url: `${server}/mcp/pay` },
      { name: 'mail', action: 'add', url: `${server}/mcp/mail` },
    ]);
    expect(plan({ it: { command: 'x' } }, { importServers: false })).toMatchObject([{ action: 'keep' }]);
  });
});
