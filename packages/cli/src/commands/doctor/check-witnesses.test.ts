import { describe, expect, it } from 'vitest';
import type { WitnessesFacts } from '../ledger/witnesses.ts';
import { listWitnessFindings } from './check-witnesses.ts';

const witness = (
  state: 'cosigning' | 'unreachable' | 'refused' | 'not_asked',
  reason: string | null = null,
) => ({
  ...{
    name: 'witness.test/one',
    stream: 'main',
    vkey: 'v',
    url: 'https://w.test',
    size: 1,
    cosignedAt: null,
    state,
    reason,
  },
});
const find = (items: WitnessesFacts['items'], quorum: number, cosigned: number) =>
  listWitnessFindings({ items, quorum, published: { size: 9, cosigned } }).map(({ id, severity }) => [
    id,
    severity,
  ]);

describe('witnesses', () => {
  it('are well when enough of them cosign, or none is wanted', () => {
    expect(find([], 0, 0)).toEqual([]);
    expect(find([witness('cosigning')], 1, 1)).toEqual([]);
  });

  it('are found when they are away, lie, accuse, or are too few', () => {
    expect(find([witness('unreachable', 'status 503')], 1, 0)).toEqual([
      ['witnesses.unreachable', 'warning'],
      ['witnesses.too_few', 'warning'],
    ]);
    for (const reason of ['ahead', 'forked', 'bad_time'])
      expect(find([witness('refused', reason)], 1, 1)).toEqual([['witnesses.refused', 'error']]);
    expect(find([witness('not_asked')], 1, 0)).toEqual([['witnesses.too_few', 'warning']]);
  });
});
