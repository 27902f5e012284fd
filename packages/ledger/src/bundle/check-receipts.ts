import type { ReceiptClaims } from '../receipt/receipt-claims.ts';
import { verifyReceipt } from '../receipt/verify-receipt.ts';
import { sha256Text } from '../sha256.ts';
import type { BundleFacts } from './bundle-facts.ts';
import type { BundleFindings } from './bundle-findings.ts';
import type { BundleReceipt } from './bundle-format.ts';
import type { ProvenReceipt } from './bundle-report.ts';

type Keys = readonly Readonly<Record<string, unknown>>[];
type Records = ReadonlyMap<string, BundleFacts>;

const encoder = new TextEncoder();

/**
 * Whether each receipt is the one that was issued for a decision here: its issuer's signature, the passkeys' over the text of the
 * action, and that approval, action and votes are those of the records.
 */
export function checkReceipts(
  receipts: readonly BundleReceipt[],
  records: Records,
  keys: Keys,
  findings: BundleFindings,
): readonly ProvenReceipt[] {
  const issued = new Map<string, BundleFacts>();
  for (const record of records.values())
    if (record.kind === 'approval.receipt_issued' && record.digest !== undefined)
      issued.set(record.digest, record);
  const proven: ProvenReceipt[] = [];
  for (const { receipt, status } of receipts) {
    const verdict = verifyReceipt(receipt, { keys, ...(status === null ? {} : { statusList: status }) });
    const { claims } = verdict;
    for (const finding of verdict.findings)
      findings.add('receipt.invalid', `${claims?.approval.id ?? 'a receipt'}: ${finding}`);
    if (claims === null) continue;
    const record = issued.get(sha256Text(encoder.encode(receipt)));
    if (record === undefined || record.approval !== claims.approval.id)
      findings.add('receipt.unbound', `no record here says that this was issued for ${claims.approval.id}`);
    // Each was issued once.
    else issued.delete(record.digest ?? '');
    checkClaims(claims, records, findings);
    const { id, outcome } = claims.approval;
    proven.push({ approval: id, outcome, proven: verdict.proven, status: verdict.status });
  }
  return proven;
}

/** What the issuer says against what the log says. A record whose payload is not here says nothing either way. */
function checkClaims(claims: ReceiptClaims, records: Records, findings: BundleFindings): void {
  const { action, approval, votes } = claims;
  const differs = (detail: string, record: string) =>
    findings.add('receipt.another_action', `the receipt of ${approval.id} ${detail}`, record);
  const decided = records.get(approval.record);
  if (decided === undefined) differs('names a decision that is not here', approval.record);
  else if (decided.isOpen) {
    const kind = approval.outcome === 'approved' ? 'approval.granted' : 'approval.denied';
    if (decided.kind !== kind || decided.approval !== approval.id || decided.actionDigest !== action.digest)
      differs('is not about what was decided', decided.id);
    for (const record of records.values())
      if (isOther(record, decided, action.callDigest)) differs('is of another call', record.id);
  }
  for (const vote of votes) {
    const record = records.get(vote.record);
    if (record === undefined) differs('has a vote that is not here', vote.record);
    else if (record.isOpen && !isVote(record, vote, claims)) differs('has another vote', vote.record);
  }
}

/** The call of the same action, if it is another than the receipt has. */
function isOther({ kind, action, callDigest }: BundleFacts, decided: BundleFacts, digest: string): boolean {
  if (kind !== 'action.intent' || action === undefined || action !== decided.action) return false;
  return callDigest !== undefined && callDigest !== digest;
}

function isVote(record: BundleFacts, vote: ReceiptClaims['votes'][number], claims: ReceiptClaims): boolean {
  const { kind, approval, person, actionDigest, credentialId } = record;
  if (kind !== 'approval.voted' || approval !== claims.approval.id || person !== vote.person) return false;
  if (vote.outcome === 'deny') return true;
  return actionDigest === claims.action.digest && credentialId === vote.passkey?.credentialId;
}
