import { expect, it } from 'vitest';
import type { Approval } from './approval.ts';
import { groupByRisk } from './group-by-risk.ts';

const approval = (id: string, effects: readonly string[], expiresAt: number) =>
  ({ id, expiresAt, presented: { effects } }) as unknown as Approval;

it('puts the gravest first, and in a group what runs out first', () => {
  const groups = groupByRisk([
    approval('a', ['read'], 1),
    approval('b', ['write', 'spend'], 9),
    approval('c', ['spend'], 5),
    approval('d', ['new effect'], 1),
    approval('e', ['write'], 1),
  ]);
  expect(groups.map(({ effect, approvals }) => [effect, approvals.map(({ id }) => id).join('')])).toEqual([
    ['spend', 'cb'],
    ['write', 'e'],
    ['read', 'a'],
    ['', 'd'],
  ]);
});
