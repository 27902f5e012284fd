import { behaviour, type Requirement } from './requirement.ts';

const reads = 'packages/server/src/ledger/reads/reads.test.ts';

/** What is promised of those who read evidence. */
export const reading: readonly Requirement[] = [
  behaviour(
    'reading.recorded',
    reads,
    'Who reads what records say is on record before they get it, and they get nothing when it cannot be written.',
  ),
  behaviour(
    'reading.counted',
    reads,
    'The same reading within five minutes is told once and then how often, and reading of readers no more often.',
  ),
];
