import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reverse, rotate13 } from './mirror.ts';

it('moves letters of ASCII alone, and back again', () => {
  expect(rotate13('Pay bob@a.example 10, Ä!`{@[')).toBe('Cnl obo@n.rknzcyr 10, Ä!`{@[');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => rotate13(rotate13(text)) === text));
});

it('reverses characters, and never their halves', () => {
  expect(reverse('ab😀c')).toBe('c😀ba');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => reverse(reverse(text)) === text));
});

it('mirrors a text of any length', () => {
  const text = 'az'.repeat(300_000);
  expect(reverse(rotate13(text))).toBe('mn'.repeat(300_000));
});
