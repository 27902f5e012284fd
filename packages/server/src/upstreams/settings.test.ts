import { describe, expect, it } from 'vitest';
import { parseSettings } from './settings.ts';

const url = 'https://mcp.example/mcp';
const invalid = expect.objectContaining({ code: 'upstream.settings_invalid' });

describe('parseSettings', () => {
  it('keeps references, never values', () => {
    const http = { url, headers: { Authorization: 'Bearer {secret:payments-key}', 'X-Tenant': 'acme' } };
    expect(parseSettings('mcp-http', http)).toEqual(http);
    const stdio = { command: 'npx', args: ['-y', 'server'], env: { API_KEY: '{secret:key}', LEVEL: 'info' } };
    expect(parseSettings('mcp-stdio', stdio)).toEqual(stdio);
  });

  it.each<[string, 'mcp-http' | 'mcp-stdio', object]>([
    ['a credential in a header', 'mcp-http', { url, headers: { Authorization: 'Bearer abcdef' } }],
    ['a credential in a variable', 'mcp-stdio', { command: 'x', env: { GITHUB_TOKEN: 'ghp_abcdef' } }],
    ['a credential in the URL', 'mcp-http', { url: `${url}?api_key=abcdef` }],
    ['a secret among the arguments', 'mcp-stdio', { command: 'x', args: ['--key={secret:key}'] }],
    ['a malformed reference', 'mcp-http', { url, headers: { 'X-Key': '{secret:../key}' } }],
    ['a header of the transport', 'mcp-http', { url, headers: { Host: 'evil.example' } }],
    ['a header of the protocol', 'mcp-http', { url, headers: { 'Mcp-Method': 'tools/list' } }],
    ['a header given twice', 'mcp-http', { url, headers: { 'X-A': '1', 'x-a': '2' } }],
    ['a header with a line break', 'mcp-http', { url, headers: { 'X-A': '1\r\nX-B: 2' } }],
    ['a name that is no header', 'mcp-http', { url, headers: { 'X A': '1' } }],
    ['settings of the other kind', 'mcp-http', { url, command: 'x' }],
    ['no address', 'mcp-http', {}],
    ['no command', 'mcp-stdio', { args: [] }],
    ['a NUL in an argument', 'mcp-stdio', { command: 'x', args: ['a\0b'] }],
    ['a fragment', 'mcp-http', { url: `${url}#a` }],
    ['a mapping that is neither on nor off', 'mcp-http', { url, authzenMapping: 'sometimes' }],
    ['too much patience', 'mcp-http', { url, timeoutSeconds: 6_000 }],
  ])('refuses %s', (_, kind, settings) => {
    expect(() => parseSettings(kind, settings)).toThrow(invalid);
  });
});
