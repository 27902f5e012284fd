import { describe, expect, it } from 'vitest';
import { findAtPointer, isJsonPointer } from './json-pointer.ts';

// RFC 6901 section 5.
const RFC_DOCUMENT = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

describe('findAtPointer', () => {
  it.each([
    ['', RFC_DOCUMENT],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('finds the RFC 6901 example %j', (pointer, value) => {
    expect(findAtPointer(RFC_DOCUMENT, pointer)).toEqual([value]);
  });

  it('reads - as each element of an array, and as a key of an object', () => {
    const lines = { lines: [{ amount: 1 }, { amount: 2 }], '-': 3 };
    expect(findAtPointer(lines, '/lines/-/amount')).toEqual([1, 2]);
    expect(findAtPointer(lines, '/-')).toEqual([3]);
  });

  it('finds nothing when one element lacks the member, or there are none', () => {
    expect(findAtPointer({ lines: [{ amount: 1 }, {}] }, '/lines/-/amount')).toEqual([]);
    expect(findAtPointer({ lines: [] }, '/lines/-')).toEqual([]);
  });

  it.each([
    '/constructor',
    '/__proto__',
    '/foo/length',
    '/foo/2',
    '/foo/01',
    '/foo/-1',
    '/foo/1e0',
    '/foo/0/0',
    'foo',
    '/a~2',
    '/x',
  ])('finds nothing at %s', (pointer) => {
    expect(findAtPointer({ foo: ['bar', 'baz'] }, pointer)).toEqual([]);
  });

  it('finds nothing inside primitives', () => {
    for (const value of [null, 'text', 1, true]) expect(findAtPointer(value, '/length')).toEqual([]);
  });

  it('bounds pointers', () => {
    expect(isJsonPointer(`/${'a'.repeat(300)}`)).toBe(false);
    expect(isJsonPointer('/~')).toBe(false);
  });
});
