import { expect, test } from 'vitest';
import { parseTraceparent } from './trace-context.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';

test('a trace and the span of the caller are read', () => {
  expect(parseTraceparent(`00-${trace}-${span}-01`)).toEqual({ trace, span });
});

test.each([
  '',
  `00-${trace}-${span}`,
  `ff-${trace}-${span}-01`,
  `00-${'0'.repeat(32)}-${span}-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `00-${trace.toUpperCase()}-${span}-01`,
  `00-${trace}-${span}-01-more`,
])('%j is no trace context', (text) => {
  expect(parseTraceparent(text)).toBeUndefined();
});
