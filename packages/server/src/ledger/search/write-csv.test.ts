import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../ledger-record.ts';
import { csvHead, writeCsvRow } from './write-csv.ts';

const record: StoredRecord = {
  seq: 7,
  id: 'rec_1',
  kind: 'action.intent',
  at: 0,
  causes: ['rec_0'],
  erased: false,
};

describe('search.csv: a row of CSV', () => {
  it('has a cell for each column', () => {
    expect(writeCsvRow(record)).toBe('7,1970-01-01T00:00:00.000Z,action.intent,rec_1,,,,,,,,,,,rec_0,{}');
    expect(csvHead.split(',')).toHaveLength(16);
  });

  it.each([
    ['=cmd|calc', `"'=cmd|calc"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\r\nlines', '"two\r\nlines"'],
  ])('writes a tool that is named %j so that no spreadsheet runs or splits it', (tool, cell) => {
    expect(writeCsvRow({ ...record, tool })).toContain(`,${cell},`);
  });
});
