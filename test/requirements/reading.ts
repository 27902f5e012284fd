import { behaviour, type Requirement } from './requirement.ts';

const reads = 'packages/server/src/ledger/reads/reads.test.ts';
const scope = 'packages/server/src/ledger/scope/scope.test.ts';

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
  behaviour(
    'reading.scoped',
    scope,
    'An auditor from elsewhere sees what their access names while it lasts, and nothing else, whatever way they ask.',
  ),
  behaviour(
    'reading.watermarked',
    scope,
    'Every row of a copy that such an auditor takes bears an id by which its taker is found.',
  ),
  behaviour(
    'reading.approvals',
    'packages/server/src/approvals/recorded-views.test.ts',
    'Who looks at an approval, at approvals or at a receipt is on record, the same look once in five minutes.',
  ),
  behaviour(
    'reading.every-route',
    'packages/server/src/ledger/reads/reading-routes.test.ts',
    'Every route that shows what records say puts on record who reads it, and a new route says which it is.',
  ),
  behaviour(
    'reading.not-widened',
    'packages/server/src/ledger/scope/scope-attacks.test.ts',
    'No search, saved search, id, walk, proof or other window widens what such an auditor sees, and none outlasts it.',
  ),
  behaviour(
    'reading.signed',
    'packages/server/src/people/audit-access/audit-access.test.ts',
    'What an auditor from elsewhere may read is what an administrator signed with a passkey, and the signature is kept.',
  ),
  behaviour(
    'reading.copies',
    'packages/server/src/ledger/scope/scoped-copies.test.ts',
    'Exports and bundles of such an auditor hold what their access reaches, verify offline, and say what is withheld.',
  ),
  behaviour(
    'ledger.capture',
    'packages/server/src/ledger/capture/capture.test.ts',
    'What an operator has left out of calls and conversations is written nowhere in the ledger, and each record says where.',
  ),
];
