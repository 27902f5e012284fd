import { describe, expect, it } from 'vitest';
import { orderFairly } from './order-fairly.ts';

const row = (id: string) => ({ id, agent_id: id.slice(0, 1) });
const order = (...ids: readonly string[]) => orderFairly(ids.map(row)).map(({ id }) => id);

describe('orderFairly', () => {
  it('keeps newest first where nobody asks twice', () =>
    expect(order('a9', 'b8', 'c7')).toEqual(['a9', 'b8', 'c7']));

  it('lets no flood come before what another agent asks', () => {
    expect(order('a9', 'a8', 'a7', 'b6', 'a5', 'b4', 'c1')).toEqual([
      'a9',
      'b6',
      'c1',
      'a8',
      'b4',
      'a7',
      'a5',
    ]);
  });
});
