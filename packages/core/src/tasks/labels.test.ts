import { describe, expect, it } from 'vitest';
import { joinLabels, type Labels, NOTHING_READ, SENSITIVITIES } from './labels.ts';

const AUDIENCES = ['anyone', [], ['group:a'], ['group:a', 'group:b'], ['group:b']] as const;
const ALL: readonly Labels[] = (['trusted', 'untrusted'] as const).flatMap((trust) =>
  SENSITIVITIES.flatMap((sensitivity) => AUDIENCES.map((audience) => ({ trust, sensitivity, audience }))),
);

describe('joinLabels', () => {
  it.each<[string, Labels, Labels, Labels]>([
    [
      'the worse of each',
      { trust: 'untrusted', sensitivity: 'public', audience: ['group:a', 'group:b'] },
      { trust: 'trusted', sensitivity: 'secret', audience: ['group:c', 'group:b'] },
      { trust: 'untrusted', sensitivity: 'secret', audience: ['group:b'] },
    ],
    [
      'nobody, of two audiences with nothing in common',
      { ...NOTHING_READ, audience: ['group:a'] },
      { ...NOTHING_READ, audience: ['group:b'] },
      { ...NOTHING_READ, audience: [] },
    ],
  ])('takes %s', (_, a, b, joined) => {
    expect(joinLabels(a, b)).toEqual(joined);
  });

  it('is the same in any order and any number of times', () => {
    for (const a of ALL) {
      expect(joinLabels(a, a)).toEqual(a);
      expect(joinLabels(a, NOTHING_READ)).toEqual(a);
      for (const b of ALL) {
        expect(joinLabels(a, b)).toEqual(joinLabels(b, a));
        for (const c of ALL.filter((_, index) => index % 7 === 0)) {
          expect(joinLabels(joinLabels(a, b), c)).toEqual(joinLabels(a, joinLabels(b, c)));
        }
      }
    }
  });
});
