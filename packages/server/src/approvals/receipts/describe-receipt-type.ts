import { receiptTypeUrl } from './receipt-urls.ts';

/** SD-JWT VC Type Metadata: what the claims of a receipt are, and which of them may be left out. */
export function describeReceiptType(issuer: string) {
  const claim = (path: readonly (string | null)[], sd: 'always' | 'never', label: string) => ({
    path,
    sd,
    display: [{ locale: 'en', label }],
  });
  return {
    vct: receiptTypeUrl(issuer),
    name: 'Approval receipt',
    description: 'A decision of people about one exact action of an agent, with what they signed.',
    display: [{ locale: 'en', name: 'Approval receipt' }],
    claims: [
      claim(['approval', 'outcome'], 'never', 'Decision'),
      claim(['approval', 'decidedAt'], 'never', 'Decided at (epoch milliseconds)'),
      claim(['action', 'digest'], 'never', 'SHA-256 of the signed text'),
      claim(['action', 'chain'], 'never', 'Delegations, from the person to the agent'),
      claim(['action', 'policyVersion'], 'never', 'Policy version'),
      claim(['signedAction'], 'always', 'Signed text'),
      claim(['reason'], 'always', 'Reason'),
      claim(['votes', null], 'always', 'Vote of a person, with the signature of their passkey'),
    ],
  };
}
