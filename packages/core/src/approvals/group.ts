import { canonicalJson } from '../actions/canonical-json.ts';

/** Keeps one signature over several calls apart from any over one. */
const GROUP_TYPE = 'countersign/group/v1';

export const MOST_GROUPED = 20;

const DIGEST = /^[A-Za-z0-9_-]{43}$/;

/**
 * The RFC 8785 text whose SHA-256 a passkey signs to approve several requests at once: the digest of each of them, in the
 * order in which they were shown, and nothing else. Throws `RangeError` for none, more than 20, one twice, or no digest.
 */
export function canonicalGroup(actionDigests: readonly string[]): string {
  const isList = actionDigests.length > 0 && actionDigests.length <= MOST_GROUPED;
  if (!isList || new Set(actionDigests).size !== actionDigests.length)
    throw new RangeError('1 to 20 different digests');
  if (!actionDigests.every((digest) => DIGEST.test(digest))) throw new RangeError('not a digest');
  return canonicalJson({ actions: actionDigests, type: GROUP_TYPE });
}
