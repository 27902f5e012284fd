import type { ReceiptClaims, ReceiptVote } from '@countersign/ledger';
import type { GivenVote, StoredApproval } from '../read-approval.ts';
import { receiptTypeUrl } from './receipt-urls.ts';

/** What a receipt says, before it is decided which of it may be left out. */
export type ReceiptContent = Omit<ReceiptClaims, 'iss' | 'status' | 'iat' | 'vct'> & { readonly vct: string };

/** The decision that was just made, in the words of a receipt. */
export function describeReceipt(
  approval: StoredApproval,
  decided: { readonly record: string; readonly outcome: 'approved' | 'denied'; readonly at: number },
  issuer: string,
): ReceiptContent {
  const { id, kind, requirement, requestedAt, expiresAt, signedAction, reason } = approval;
  return {
    vct: receiptTypeUrl(issuer),
    cnf: { jkt: approval.key },
    approval: {
      ...{ id, kind, requestedAt, expiresAt, outcome: decided.outcome, record: decided.record },
      quorum: requirement.quorum,
      decidedAt: decided.at,
    },
    action: {
      digest: approval.actionDigest,
      callDigest: approval.callDigest,
      agent: approval.agentId,
      task: approval.taskId,
      upstream: approval.upstream,
      tool: approval.tool,
      agents: approval.agents,
      chain: approval.chain,
      policyVersion: approval.policyVersion,
    },
    signedAction,
    ...(reason === null ? {} : { reason }),
    votes: approval.given.map(describeVote),
  };
}

function describeVote({ personId, personName, outcome, reason, at, evidence }: GivenVote): ReceiptVote {
  return {
    person: personId,
    name: personName,
    ...{ outcome, reason, at },
    record: evidence.record,
    passkey: evidence.passkey,
  };
}
