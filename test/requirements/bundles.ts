import { behaviour, type Requirement } from './requirement.ts';

const made = 'test/scenarios/bundles.test.ts';

/** What is promised of bundles of evidence. */
export const bundles: readonly Requirement[] = [
  behaviour(
    'ledger.bundle',
    made,
    'A bundle holds the records asked for and all they followed from, and verifies with Node.js and one file alone.',
  ),
  behaviour(
    'ledger.bundle-walk',
    made,
    '`ledger why` from a payment names the prompt, the approver and the policy version, from the bundle alone.',
  ),
  behaviour(
    'ledger.bundle-recorded',
    made,
    'That a bundle was made, for whom and of what, is recorded and in it.',
  ),
  behaviour(
    'ledger.bundle-tampered',
    made,
    'A bundle that was changed anywhere is refused, with what is wrong.',
  ),
  behaviour(
    'console.bundle-offline',
    'test/browser/read-bundle.test.ts',
    'A page without a server verifies a bundle and shows it; whatever others wrote in it is text.',
  ),
];
