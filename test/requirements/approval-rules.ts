import { behaviour } from './requirement.ts';

/** Who decides, and when, whatever happens to the server meanwhile. */
export const approvalRules = [
  behaviour(
    'approval.killed',
    'test/faults/approval-kill.test.ts',
    'Killed at every state of an approval, the server never executes twice, never unapproved, and loses no vote it acknowledged.',
  ),
  behaviour(
    'approval.killed-on-postgres',
    'test/faults/approval-kill-postgres.test.ts',
    'The same holds with the data on PostgreSQL.',
  ),
] as const;
