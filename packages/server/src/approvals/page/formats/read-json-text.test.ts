import { expect, it } from 'vitest';
import { readJsonText } from './read-json-text.ts';

it('reads what can be written again as it was', () => {
  expect(readJsonText('{"a":[1,"x"]}')).toEqual({ a: [1, 'x'] });
  expect(readJsonText(JSON.stringify({ a: 1 }, null, 2))).toEqual({ a: 1 });
});

it.each([
  '{"a":1,"a":2}',
  '{"a":1e3}',
  '{"a": 1}  ',
  '{"2":1,"1":2}',
  '{"__proto__":1}',
  '[',
  '"x"',
  '1',
  '{"a":1}\u200b',
])('leaves alone what a tree would not show whole: %s', (text) => {
  expect(readJsonText(text)).toBeUndefined();
});
