import { type JsonObject, NO_OBLIGATIONS, type Obligations } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { fitResult } from './fit-result.ts';
import { countBrought } from './measure-result.ts';
import type { Brought, Reservation } from './reserve-budgets.ts';

const nothing = { rows: 0, bytes: 0 };
const reserve = (most: Partial<Brought>): Reservation => ({
  ...{ effects: [], isMeasured: true, settle: () => [], cancel() {}, release() {} },
  most: { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY, ...most },
});
const fit = (
  result: JsonObject,
  { interim = nothing, ...given }: { most: Partial<Brought>; owed: Partial<Obligations>; interim?: Brought },
) =>
  fitResult(
    {
      operation: 'call',
      owed: { ...NO_OBLIGATIONS, ...given.owed },
      reservation: reserve(given.most),
      interim: { ...interim },
    },
    { jsonrpc: '2.0', id: 1, result },
  );
const count = (seen: ReturnType<typeof fit>) => countBrought({ interim: nothing }, { ...seen, raw: null });
const rows = (length: number) => Array.from({ length }, (_, n) => ({ n }));

describe('a capped reply', () => {
  it.each<[string, JsonObject, number, number]>([
    ['one list', { structuredContent: { items: rows(10) } }, 4, 4],
    ['lists that share the room', { structuredContent: { a: rows(10), b: rows(10) } }, 8, 8],
    ['many short lists beside a long one', { structuredContent: { a: [1], b: [1], c: rows(10) } }, 5, 5],
    ['blocks of lines', { content: [1, 2, 3].map(() => ({ type: 'text', text: 'a\nb\nc' })) }, 4, 1],
  ])('is cut to what was set aside: %s', (_, result, room, left) => {
    const seen = fit(result, { most: { rows: room }, owed: { capRows: 10 } });
    expect(count(seen).rows).toBeLessThanOrEqual(room);
    expect(count(seen).rows).toBeGreaterThanOrEqual(left);
    expect(seen.met.rowsCut).toBeGreaterThan(0);
    expect(JSON.stringify(seen.response)).toContain('were cut off');
  });

  it('has room for bytes beside the messages on the way', () => {
    const result = { content: [{ type: 'text', text: '"'.repeat(500) }] };
    const interim = { rows: 0, bytes: 300 };
    const seen = fit(result, { most: { bytes: 1200 }, owed: { capBytes: 600 }, interim });
    expect(count(seen).bytes).toBeLessThanOrEqual(900);
    expect(seen.met.bytesCut).toBeGreaterThan(0);
  });

  it.each<[string, JsonObject, Partial<Brought>]>([
    ['more lists than rows', { structuredContent: { a: [1], b: [1], c: [1] } }, { rows: 2 }],
    ['an envelope without room', { content: [{ type: 'text', text: 'x' }] }, { bytes: 20 }],
  ])('stays too much where nothing can be cut off: %s', (_, result, most) => {
    const seen = fit(result, { most, owed: { capRows: 10, capBytes: 1000 } });
    const { rows: has, bytes } = count(seen);
    expect(has > (most.rows ?? has) || bytes > (most.bytes ?? bytes)).toBe(true);
  });

  it('is left whole where policy caps nothing of it', () => {
    const result = { structuredContent: { items: rows(10) } };
    const seen = fit(result, { most: { rows: 4 }, owed: { capBytes: 5000 } });
    expect(seen.response.result).toEqual(result);
  });

  it('counts no notice as a row', () => {
    const result = { content: [{ type: 'text', text: 'a\nb' }] };
    const seen = fit(result, { most: { rows: 2 }, owed: { capRows: 2, notices: ['Take care.'] } });
    expect(seen.met.rowsCut).toBe(0);
    expect(count(seen).rows).toBe(2);
  });
});
