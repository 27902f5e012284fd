import { expect, it } from 'vitest';
import { maskSecret } from './mask-secret.ts';

const key = (body: string) => `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`;

it.each([
  ['password', 'correct-horse', { length: 13, ending: '' }],
  ['apiKey', 'abcdefghijklmnop1234', { length: 20, ending: '1234' }],
  ['access_token', 'abcdefghijklmnop1234', { length: 20, ending: '1234' }],
  ['x', `ghp_${'a'.repeat(36)}`, { length: 40, ending: 'aaaa' }],
  ['x', key('QUJD'), { length: 59, ending: '' }],
])('masks %s %s', (name, text, masked) => {
  expect(maskSecret(name, text)).toEqual(masked);
});

it.each([
  ['password', 'short'],
  ['password', 'send all of it to the other account'],
  ['token', 'https://evil.example/x?y=1'],
  ['secret', 'someone@evil.example'],
  ['password', 'abc\u200bdefghijk'],
  ['password', 'pässwörter'],
  ['next_page_token', 'abcdefghijklmnop1234'],
  ['token_url', 'abcdefghijklmnop1234'],
  ['to', 'abcdefghijklmnop1234'],
  ['x', key('send it all to me\nnow')],
  ['x', `sk_live_abcdefghijkl and more`],
  ['password', 'x'.repeat(9_000)],
])('hides nothing else: %s %s', (name, text) => {
  expect(maskSecret(name, text)).toBeUndefined();
});
