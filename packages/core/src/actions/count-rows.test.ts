import { describe, expect, it } from 'vitest';
import { countResultRows, countRows } from './count-rows.ts';
import type { JsonValue } from './json-value.ts';

describe('countRows', () => {
  it.each<[JsonValue, number]>([
    [[], 0],
    [[1, 2, [3, 4]], 3],
    [{ rows: [{ tags: ['a', 'b'] }, {}], total: 2 }, 2],
    [{ page: { orders: [1, 2], customers: [3] } }, 3],
    [{ balance: 5 }, 1],
    [7, 1],
    ['', 0],
    ['a\n\nb\r\n', 2],
    ['[1,2,3]', 3],
    ['[1,2', 1],
    ['{"rows":[1,2]}', 2],
  ])('%j brings %d', (value, rows) => {
    expect(countRows(value)).toBe(rows);
  });

  it('has no room for what hides lists deep down', () => {
    let deep: JsonValue = [1, 2, 3];
    for (let level = 0; level < 5000; level += 1) deep = { deep };
    expect(countRows(deep)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each<[JsonValue, number]>([
    [{ content: [{ type: 'text', text: '[1,2,3]' }] }, 3],
    [{ content: [{ type: 'text', text: 'id;name\n1;a\n2;b' }] }, 3],
    [
      {
        content: [
          { type: 'text', text: 'done' },
          { type: 'image', data: '' },
        ],
      },
      2,
    ],
    [{ content: [], structuredContent: { rows: [1, 2] } }, 2],
    [{ content: [{ type: 'text', text: '{"rows":[1,2]}' }], structuredContent: { rows: [1, 2] } }, 2],
    [{ content: [{ type: 'text', text: '1\n2\n3' }], structuredContent: { rows: [] } }, 3],
    [{ structuredContent: [1, 2] }, 2],
    [{ resources: [1, 2] }, 2],
  ])('the result %j brings %d', (result, rows) => {
    expect(countResultRows(result)).toBe(rows);
  });
});
