import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSeqs, writeSeqs } from './seq-list.ts';

describe('a list of seqs', () => {
  it('reads back what was written, beyond 32 bits too', () => {
    const ascending = fc
      .uniqueArray(fc.maxSafeNat(), { maxLength: 50 })
      .map((seqs) => seqs.sort((a, b) => a - b));
    fc.assert(
      fc.property(ascending, (seqs) => {
        expect(readSeqs(writeSeqs(seqs))).toEqual(seqs);
      }),
    );
  });

  it('takes a byte for a neighbour', () => {
    expect(writeSeqs([1000, 1001, 1004])).toHaveLength(4);
  });
});
