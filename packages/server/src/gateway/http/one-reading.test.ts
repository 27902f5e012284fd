import { describe, expect, it } from 'vitest';
import { renderRequest } from '../../upstreams/http-api/render-request.ts';
import type { ApiOperation } from '../../upstreams/index.ts';
import { readAddress } from './read-address.ts';
import { readFields, readTyped } from './read-fields.ts';

const operation: ApiOperation = {
  method: 'POST',
  path: '/a/{id}',
  parameters: [
    { in: 'path', name: 'id', shape: 'single', types: ['string'] },
    { in: 'query', name: 'text', shape: 'single', types: ['string'] },
    { in: 'query', name: 'n', shape: 'single', types: ['number'] },
    { in: 'query', name: 'list[]', shape: 'list', types: ['integer', 'string'] },
    { in: 'query', name: 'some', shape: 'commas', types: ['boolean'] },
    { in: 'query', name: 'of', shape: 'map', types: ['string'] },
  ],
  body: null,
  uploads: [],
  answers: [],
};

/** A small generator of numbers, the same every time. */
function createDice(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % most;
  };
}

const letters = [
  'a',
  'B',
  '9',
  ' ',
  '+',
  '&',
  '=',
  '%',
  '%2',
  '?',
  '#',
  ';',
  ',x',
  '"',
  '<',
  'ä',
  '😀',
  '~',
  '.',
  '-',
];

describe('a request that is written from arguments', () => {
  it('is read back as the very same arguments, whatever they are', () => {
    const roll = createDice(7);
    const word = () => Array.from({ length: 1 + roll(6) }, () => letters[roll(letters.length)]).join('');
    for (let i = 0; i < 3_000; i++) {
      const given = {
        path: { id: `x${word()}` },
        query: {
          text: word(),
          n: roll(1000) / 8,
          'list[]': [roll(99), `w${word()}`],
          some: [true, false],
          of: { [`k${roll(9)}`]: word() },
        },
      };
      if (/%(?:2e|2f|5c|00)/i.test(given.path.id)) continue;
      const { path, query } = renderRequest(operation, given);
      const address = readAddress(`/http/shop${path}?${query}`);
      expect(address.segments).toEqual(['a', given.path.id]);
      const fields = operation.parameters.filter((one) => one.in === 'query');
      expect(readFields('query', fields, address.query)).toEqual(given.query);
    }
  });

  it.each([['..'], ['.'], [''], ['a/b'], ['a\\b'], ['a\nb'], ['%2E%2e'], ['a%2Fb'], ['\ud800']])(
    'is not written of the path %j',
    (id) => {
      expect(() => renderRequest(operation, { path: { id } })).toThrow(
        expect.objectContaining({ code: 'action.arguments_invalid' }),
      );
    },
  );
});

describe('readTyped', () => {
  it.each([
    ['7', ['integer'], 7],
    ['07', ['integer'], '07'],
    ['-0', ['integer'], '-0'],
    ['1.5', ['integer', 'number'], 1.5],
    ['1e21', ['number'], '1e21'],
    ['Infinity', ['number'], 'Infinity'],
    ['9007199254740993', ['integer'], '9007199254740993'],
    ['true', ['boolean'], true],
    ['TRUE', ['boolean'], 'TRUE'],
    ['7', ['string'], '7'],
  ] as const)('%s as %j is %j', (text, types, value) => {
    expect(readTyped(text, { types })).toBe(value);
  });
});

describe('readAddress', () => {
  it.each(['/http/', '/http/Shop/a', '/http/../a', '/mcp/shop'])('knows no upstream in %s', (target) => {
    expect(() => readAddress(target)).toThrow(expect.objectContaining({ code: 'upstream.not_found' }));
  });

  it('keeps the path as it was sent, for the proof that names it', () => {
    expect(readAddress('/http/shop/a%20b/c?d=e')).toEqual({
      upstream: 'shop',
      path: '/http/shop/a%20b/c',
      segments: ['a b', 'c'],
      query: [['d', 'e']],
    });
  });
});
