import { describe, expect, it } from 'vitest';
import { selectHeaders } from './select-headers.ts';

const url = new URL('https://api.example.com/v1');

function select(headers: Readonly<Record<string, string | string[]>>, answers: readonly string[] = []) {
  return Object.fromEntries(selectHeaders(headers, { url, answers }));
}

describe('selectHeaders', () => {
  it('passes what is known and what the document names', () => {
    const headers = {
      etag: '"1"',
      'retry-after': '3',
      'x-ratelimit-left': '7',
      'x-own': 'a',
      'x-other': 'b',
    };
    expect(select(headers, ['x-own'])).toEqual({
      etag: '"1"',
      'retry-after': '3',
      'x-ratelimit-left': '7',
      'x-own': 'a',
    });
  });

  it.each([
    'set-cookie',
    'www-authenticate',
    'x-accel-redirect',
    'x-sendfile',
    'strict-transport-security',
    'transfer-encoding',
    'access-control-allow-origin',
    'dpop-nonce',
    'countersign-notice',
    'content-length',
  ])('does not pass %s, whatever the document names', (name) => {
    expect(select({ [name]: 'x' }, [name])).toEqual({});
  });

  it('passes no value that could be more than one header', () => {
    expect(select({ etag: 'a\rset-cookie: b' })).toEqual({});
    expect(select({ etag: ['a', 'b'] })).toEqual({});
    expect(select({ etag: 'é' })).toEqual({});
    expect(select({ etag: 'x'.repeat(5_000) })).toEqual({});
  });

  it.each([
    ['/v1/a?b=c', '/a?b=c'],
    ['https://api.example.com/v1/a', '/a'],
    ['a', undefined],
    ['/v2/a', undefined],
    ['/v1/../admin', undefined],
    ['//evil.example/v1/a', undefined],
    ['https://api.example.com.evil.example/v1/a', undefined],
    ['https://user@api.example.com/v1/a', undefined],
    ['http://169.254.169.254/', undefined],
    ['javascript:alert(1)', undefined],
  ])('leads %s to %s', (location, inside) => {
    expect(select({ location }).location).toBe(inside);
  });

  it('keeps the links that stay inside', () => {
    const link =
      '<https://api.example.com/v1/a?page=2>; rel="next", <https://evil.example/>; rel="prev", broken';
    expect(select({ link }).link).toBe('</a?page=2>; rel="next"');
  });
});
