import { describe, expect, it } from 'vitest';
import { describeLife, describeUnseen } from './check-hooks.ts';

const hook = { agentId: 'agt_1', expiresAt: 10_000_000 };

describe('what the doctor says of hooks', () => {
  it('says what a gateway alone does not see', () => {
    expect(describeUnseen([{ kind: 'mcp-http' }])).toMatchObject([{ id: 'hook.none', severity: 'info' }]);
    expect(describeUnseen([{ kind: 'hooks' }])).toEqual([]);
  });

  it.each([
    [0, []],
    [hook.expiresAt - 60_000, ['hook.ends']],
    [hook.expiresAt, ['hook.over']],
  ])('at %d says %j of a secret', (now, ids) => {
    expect(describeLife({ name: 'laptop', hook }, now).map(({ id }) => id)).toEqual(ids);
    expect(describeLife({ name: 'edge' }, now)).toEqual([]);
  });
});
