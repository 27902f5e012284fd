import { describe, expect, it } from 'vitest';
import {
  readAgentsSearch,
  readApprovalsSearch,
  readFrameSearch,
  readLedgerSearch,
  readNowSearch,
  readSignalsSearch,
} from './search.ts';

describe('the state of a view in its address', () => {
  it('is read where it is known', () => {
    expect(readFrameSearch({ stop: 'agent:x' })).toEqual({ stop: 'agent:x' });
    expect(readNowSearch({ show: 'deny' })).toEqual({ show: 'deny' });
    expect(readApprovalsSearch({ filter: 'history' })).toEqual({ filter: 'history' });
    expect(readAgentsSearch({ name: 'bot', state: 'active' })).toEqual({ name: 'bot', state: 'active' });
    const ledger = { q: 'x', follow: 'no', walk: 'why' };
    expect(readLedgerSearch(ledger)).toEqual(ledger);
    expect(readSignalsSearch({ state: 'all' })).toEqual({ state: 'all' });
  });

  it('is left out where it is not', () => {
    const hostile = {
      stop: 'x'.repeat(700),
      show: 'all',
      filter: '__proto__',
      name: {},
      state: 1,
      q: '',
      follow: 'yes',
      walk: 'constructor',
    };
    for (const read of [
      readFrameSearch,
      readNowSearch,
      readApprovalsSearch,
      readAgentsSearch,
      readLedgerSearch,
      readSignalsSearch,
    ]) {
      expect(read(hostile)).toEqual({});
    }
  });
});
