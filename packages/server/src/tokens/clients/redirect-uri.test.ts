import { describe, expect, it } from 'vitest';
import { classifyRedirectUri, matchRedirectUri } from './redirect-uri.ts';

describe('a redirect URI', () => {
  it.each([
    ['https://app.example/callback', 'https'],
    ['https://app.example/callback?tenant=1', 'https'],
    ['https://app.example', 'https'],
    ['https://app.example:8443/cb', 'https'],
    ['https://xn--bcher-kva.example/cb', 'https'],
    ['http://127.0.0.1/callback', 'loopback'],
    ['http://127.0.0.1:33418/callback', 'loopback'],
    ['http://[::1]:9/cb', 'loopback'],
    ['http://localhost:3334/oauth/callback', 'loopback'],
    ['http://localhost', 'loopback'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'private-scheme'],
    ['com.example.app:/oauth', 'private-scheme'],
  ])('may be %s', (uri, kind) => {
    expect(classifyRedirectUri(uri)).toBe(kind);
  });

  it.each([
    ['plain http elsewhere', 'http://app.example/cb'],
    ['a host that only begins like loopback', 'http://127.0.0.1.evil.example/cb'],
    ['a host that only begins like localhost', 'http://localhost.evil.example/cb'],
    ['loopback spelt otherwise', 'http://0x7f.1/cb'],
    ['another loopback address', 'http://127.0.0.2/cb'],
    ['a user', 'https://good.example@evil.example/cb'],
    ['a user at loopback', 'http://localhost@evil.example/cb'],
    ['a fragment', 'https://app.example/cb#x'],
    ['dot segments', 'https://app.example/a/../cb'],
    ['encoded dot segments', 'https://app.example/a/%2e%2e/cb'],
    ['a backslash', 'https://app.example\\@evil.example/cb'],
    ['an upper-case host', 'https://APP.example/cb'],
    ['international letters', 'https://аpp.example/cb'],
    ['a default port', 'https://app.example:443/cb'],
    ['a script', 'javascript:alert(1)//'],
    ['data', 'data:text/html,x'],
    ['a file', 'file:///etc/passwd'],
    ['white space', 'https://app.example/c b'],
    ['a line break', 'https://app.example/\ncb'],
    ['a member of the response', 'https://app.example/cb?code=x'],
    ['an issuer of its own', 'https://app.example/cb?iss=https://evil.example'],
    ['nothing', ''],
    ['no URI', 'callback'],
    ['an endless one', `https://app.example/${'x'.repeat(2000)}`],
  ])('is never %s', (_what, uri) => {
    expect(classifyRedirectUri(uri)).toBeUndefined();
  });

  it('matches what was registered, letter by letter', () => {
    const registered = ['https://app.example/cb', 'cursor://host/cb'];
    expect(matchRedirectUri(registered, 'https://app.example/cb')).toBe(true);
    expect(matchRedirectUri(registered, 'cursor://host/cb')).toBe(true);
    for (const other of [
      'https://app.example/cb/',
      'https://app.example/cb?x=1',
      'https://app.example/CB',
      'https://app.example:8443/cb',
      'https://sub.app.example/cb',
      'https://app.example.evil.example/cb',
      'http://app.example/cb',
      'cursor://host/cb2',
    ])
      expect(matchRedirectUri(registered, other), other).toBe(false);
  });

  it('leaves a native app the port of its loopback address, and nothing else', () => {
    const registered = ['http://127.0.0.1/cb', 'http://localhost:3000/cb'];
    for (const same of ['http://127.0.0.1:49152/cb', 'http://127.0.0.1/cb', 'http://localhost/cb'])
      expect(matchRedirectUri(registered, same), same).toBe(true);
    for (const other of [
      'http://127.0.0.1:49152/other',
      'http://[::1]:49152/cb',
      'http://127.0.0.1:49152/cb?x=1',
      'http://127.0.0.1:99999/cb',
      'http://127.0.0.1:49152@evil.example/cb',
      'https://127.0.0.1:49152/cb',
    ])
      expect(matchRedirectUri(registered, other), other).toBe(false);
  });
});
