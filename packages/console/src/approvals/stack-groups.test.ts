import { describe, expect, it } from 'vitest';
import type { Approval } from './approval.ts';
import { stackGroups } from './stack-groups.ts';

const make = (id: string, groupId: string | null) => ({ id, groupId }) as Approval;

describe('stackGroups', () => {
  it('makes one row of what one signature may approve, where the first of it stands', () => {
    const [a, b, c, d] = [make('a', 'g'), make('b', null), make('c', 'g'), make('d', 'h')] as const;
    expect(stackGroups([a, b, c, d])).toEqual([
      { kind: 'group', groupId: 'g', approvals: [a, c] },
      { kind: 'one', approval: b },
      { kind: 'one', approval: d },
    ]);
  });
});
