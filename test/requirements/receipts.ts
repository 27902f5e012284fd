import { behaviour, type Requirement } from './requirement.ts';

const file = 'test/conformance/receipts.test.ts';

/** What is promised of the receipts of decisions. */
export const receipts: readonly Requirement[] = [
  behaviour(
    'approval.receipt',
    file,
    'Every decision leaves a signed receipt that others’ software verifies, status and all, without the server.',
  ),
  behaviour('approval.receipt-tampered', file, 'A receipt that was changed anywhere is refused.'),
];
