import type { LedgerRecord } from '@countersign/api';
import { visitValues } from '@countersign/core';

/** Begins what is no value of an argument: no folded value does. */
const digestMark = '\n';

/** How the digest of a call is looked for among values. */
export function writeDigestValue(digest: string): string {
  return digestMark + digest;
}

/** What a call is found by that is hidden in the index: the values of its arguments and the digest of the whole. */
export function visitRecordValues({ kind, body }: LedgerRecord, visit: (value: string) => void): void {
  if (kind !== 'action.intent') return;
  if (typeof body.callDigest === 'string') visit(writeDigestValue(body.callDigest));
  visitValues(body, visit);
}
