import { describe, expect, it } from 'vitest';
import { makeCausal } from './create-test-source.ts';
import { holdRecords } from './hold-records.ts';
import { walkBack, walkOn } from './walk-causes.ts';

const call = { action: 'act_1', agent: 'agt_1', task: 'tsk_1', trace: 't' };
const records = [
  makeCausal('rec_policy', { seq: 0, kind: 'policy.activated', policyVersion: 'pol_1' }),
  makeCausal('rec_delegation', { seq: 1, kind: 'delegation.created', ...{ chain: ['dlg_0', 'dlg_1'] } }),
  makeCausal('rec_task', { seq: 2, kind: 'task.opened', task: 'tsk_1', causes: ['rec_delegation'] }),
  makeCausal('rec_read', { seq: 3, kind: 'action.outcome', task: 'tsk_1', action: 'act_0' }),
  makeCausal('rec_span', { seq: 4, kind: 'task.span_told', agent: 'agt_1', trace: 't' }),
  makeCausal('rec_intent', { seq: 5, ...call, causes: ['rec_task'] }),
  makeCausal('rec_decision', {
    ...{ seq: 6, kind: 'action.decision', ...call, causes: ['rec_intent'], policyVersion: 'pol_1' },
  }),
  makeCausal('rec_granted', {
    ...{ seq: 7, kind: 'approval.granted', causes: ['rec_decision'], ...{ approval: 'apr_1' } },
  }),
  makeCausal('rec_receipt', { seq: 8, kind: 'approval.receipt_issued', ...{ approval: 'apr_1' } }),
  makeCausal('rec_outcome', { seq: 9, kind: 'action.outcome', ...call, causes: ['rec_granted'] }),
];
const held = holdRecords(records);
const ids = (nodes: readonly { readonly record: { readonly id: string } }[]) =>
  nodes.map(({ record }) => record.id).sort();

describe('records that are held', () => {
  it.each([
    ['act_1', 'back', 'rec_outcome'],
    ['act_1', 'on', 'rec_intent'],
    ['apr_1', 'back', 'rec_granted'],
    ['apr_1', 'on', 'rec_granted'],
    ['tsk_1', 'back', 'rec_task'],
    ['dlg_1', 'on', 'rec_delegation'],
    ['rec_read', 'back', 'rec_read'],
  ] as const)('are found by %s on the way %s', (id, direction, expected) => {
    expect(held.find(id, direction)?.id).toBe(expected);
  });

  it('are not found by what no record names', () => {
    expect(held.find('act_2', 'back')).toBeUndefined();
    expect(held.find('apr_2', 'back')).toBeUndefined();
  });

  it('are walked through as a ledger is', async () => {
    const [effect, cause] = [held.find('act_1', 'back'), held.find('rec_task', 'on')];
    if (effect === undefined || cause === undefined) throw new Error('not held');
    const back = await walkBack(held, effect);
    expect(ids(back.nodes)).toEqual(
      ['rec_outcome', 'rec_granted', 'rec_decision', 'rec_policy', 'rec_intent', 'rec_span', 'rec_task']
        .concat('rec_delegation', 'rec_read')
        .sort(),
    );
    expect(back.edges).toContainEqual(expect.objectContaining({ from: 'rec_span', link: 'trace' }));
    expect(back.nodes.find(({ record }) => record.id === 'rec_read')?.isContext).toBe(true);
    const on = await walkOn(held, cause);
    expect(ids(on.nodes)).toEqual(
      ['rec_task', 'rec_intent', 'rec_decision', 'rec_granted', 'rec_outcome'].sort(),
    );
  });

  it('say that there are more than were asked for', async () => {
    const many = holdRecords([
      makeCausal('rec_a'),
      ...[1, 2, 3].map((n) => makeCausal(`rec_${n}`, { causes: ['rec_a'] })),
    ]);
    const [first] = [await many.get('rec_a')];
    expect(await many.followers(first ?? makeCausal('none'), 2)).toMatchObject({ hasMore: true });
  });
});
