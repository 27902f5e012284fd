import { expect, it } from 'vitest';
import { joinShown } from './join-shown.ts';

it('shows what all calls of a question reach, not what the last of them does', () => {
  const before = {
    ...{ effects: ['write'] as const, environment: 'production', dataDomain: 'payroll' },
    policyIds: ['ask-before-deleting'],
  };
  const mail = { effects: ['egress'] as const, environment: 'staging', dataDomain: 'mail' };
  const joined = joinShown(before, { about: mail, policyIds: ['ask-beyond-plan'] });
  expect(joined).toEqual({
    about: { effects: ['write', 'egress'], environment: 'production, staging', dataDomain: 'payroll, mail' },
    policyIds: ['ask-before-deleting', 'ask-beyond-plan'],
  });
  expect(joinShown({ ...joined.about, policyIds: joined.policyIds }, { about: mail, policyIds: [] })).toEqual(
    joined,
  );
});
