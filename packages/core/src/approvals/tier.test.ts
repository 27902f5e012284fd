import { expect, it } from 'vitest';
import { type Tier, tierOf } from './tier.ts';

const plain = { effects: ['write'], reversibility: 'reversible', confirmed: true, quorum: 1 } as const;

it.each<[string, Partial<Parameters<typeof tierOf>[0]>, Tier]>([
  ['reads', { effects: ['read'] }, 0],
  ['a change that can be taken back', {}, 1],
  ['a change of which nobody knows', { reversibility: 'unknown' }, 2],
  ['a change that is final', { reversibility: 'irreversible' }, 2],
  ['what nobody has confirmed', { effects: ['read'], confirmed: false }, 2],
  ['data that leaves', { effects: ['read', 'egress'] }, 2],
  ['money that comes back', { effects: ['spend'] }, 2],
  ['money that does not', { effects: ['spend'], reversibility: 'irreversible' }, 3],
  ['access for good', { effects: ['admin'], reversibility: 'irreversible' }, 3],
  ['what needs two people', { effects: ['read'], quorum: 2 }, 3],
])('%s', (_what, given, tier) => {
  expect(tierOf({ ...plain, ...given })).toBe(tier);
});
