import { behaviour, type Requirement } from './requirement.ts';

/** What was recorded can be taken away again, and everything else stays proven. */
export const privacy: readonly Requirement[] = [
  behaviour(
    'ledger.erased',
    'test/scenarios/erased-evidence.test.ts',
    'What was erased is in no file of the data folder and no export; every proof still holds.',
  ),
  behaviour(
    'ledger.erasure-killed',
    'test/faults/erasure-killed.test.ts',
    'An erasure whose process is killed at any moment has either not begun or is finished by the next start; an older copy of the database is blanked again before it is served.',
  ),
];
