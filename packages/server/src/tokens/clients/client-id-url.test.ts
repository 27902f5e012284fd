import { describe, expect, it } from 'vitest';
import { isClientIdUrl } from './client-id-url.ts';

describe('the URL of a client ID metadata document', () => {
  it.each(['https://app.example/client.json', 'https://app.example:8443/a/b', 'https://app.example/c?v=1'])(
    'may be %s',
    (url) => {
      expect(isClientIdUrl(url)).toBe(true);
    },
  );

  it.each([
    ['without a path', 'https://app.example'],
    ['without a path but a slash', 'https://app.example/'],
    ['http', 'http://app.example/client.json'],
    ['with a user', 'https://user@app.example/client.json'],
    ['with a password', 'https://user:word@app.example/client.json'],
    ['with a fragment', 'https://app.example/client.json#x'],
    ['with an empty fragment', 'https://app.example/client.json#'],
    ['with dot segments', 'https://app.example/a/../client.json'],
    ['with a single dot', 'https://app.example/./client.json'],
    ['with encoded dot segments', 'https://app.example/%2e%2e/client.json'],
    ['with an upper-case host', 'https://APP.example/client.json'],
    ['with international letters', 'https://аpp.example/client.json'],
    ['with a default port', 'https://app.example:443/client.json'],
    ['an upper-case scheme', 'HTTPS://app.example/client.json'],
    ['endless', `https://app.example/${'x'.repeat(300)}`],
  ])('is never one %s', (_what, url) => {
    expect(isClientIdUrl(url)).toBe(false);
  });
});
