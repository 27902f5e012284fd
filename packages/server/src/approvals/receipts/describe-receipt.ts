import { readGrant } from '@countersign/core';
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
      ...describeGrant(signedAction),
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
    // A yes to a text that was asked before is none to this one.
    votes: approval.given.filter((vote) => isAbout(vote, approval.actionDigest)).map(describeVote),
  };
}

function describeGrant(signedAction: string) {
  const grant = readGrant(signedAction)?.grant;
  return grant === undefined ? {} : { grant: { uses: grant.uses, expiresAt: grant.expiresAt } };
}

function isAbout({ outcome, evidence }: GivenVote, digest: string): boolean {
  return outcome === 'deny' || evidence.digest === undefined || evidence.digest === digest;
}

function describeVote({ personId, personName, outcome, reason, at, evidence }: GivenVote): ReceiptVote {
  const signedText = evidence.brokeGlass?.signedText ?? evidence.group;
  return {
    person: personId,
    name: personName,
    ...{ outcome, reason, at },
    record: evidence.record,
    passkey: evidence.passkey,
    ...(evidence.forPersonIds === undefined ? {} : { forPersons: evidence.forPersonIds }),
    ...(signedText === undefined ? {} : { signedText }),
  };
}
