import { describe, expect, it } from 'vitest';
import { parseSearch } from './parse-search.ts';

describe('parseSearch', () => {
  it.each([
    ['agt_01KDVE7KY019VB0XXJC4PFKBJT', { id: 'agt_01KDVE7KY019VB0XXJC4PFKBJT' }],
    [' rec_1 ', { id: 'rec_1' }],
    ['action.refused', { kind: 'action.refused' }],
    ['payments', { upstream: 'payments' }],
    ['payments/send_payment', { tool: 'payments/send_payment' }],
    ['files/read/deep', { tool: 'files/read/deep' }],
  ])('understands %s', (text, search) => {
    expect(parseSearch(text)).toEqual(search);
  });

  it.each(['', '   ', 'Not a name', 'payments/', '/tool', 'action.unknown', 'x'.repeat(300)])(
    'refuses %j',
    (text) => {
      expect(parseSearch(text)).toBeUndefined();
    },
  );
});
