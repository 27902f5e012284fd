import { canonicalJson } from '../canonical-json.ts';
import { isObject, type JsonMembers } from './read-sd-jwt.ts';
import type { ReceiptClaims } from './receipt-claims.ts';

/** What the text of each kind has to say for itself: nothing of it is the issuer's word alone. */
const callMembers = ['agent', 'agents', 'chain', 'key', 'policyVersion', 'target', 'task', 'tool'];
const stated: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['countersign/approval/v1', callMembers],
  ['countersign/grant/v1', callMembers],
  ['countersign/plan/v1', ['agent', 'agents', 'chain', 'key', 'policyVersion', 'task']],
  ['countersign/authority/v1', ['agent', 'key', 'policyVersion']],
]);

/**
 * Whether the receipt says of the action what the text that was signed says of it: agent, task, target, tool, delegations,
 * key, policy version, how many had to agree, and how far a grant reaches.
 */
export function agreesWithSigned({ action, approval, cnf }: ReceiptClaims, signedAction: string): boolean {
  const signed = readSigned(signedAction);
  const members = stated.get(signed?.type);
  if (signed === undefined || members === undefined) return false;
  const claimed: JsonMembers = { ...action, key: cnf.jkt, target: action.upstream };
  const isSame = members.every((name) => Object.hasOwn(signed, name) && isEqual(signed[name], claimed[name]));
  return isSame && agreesOnQuorum(signed, approval) && agreesOnGrant(signed, approval);
}

/** A request may end sooner than was signed, never later; its quorum is what was signed. */
function agreesOnQuorum(signed: JsonMembers, approval: ReceiptClaims['approval']): boolean {
  if (typeof signed.expiresAt === 'number' && approval.expiresAt > signed.expiresAt) return false;
  // Authority is asked of one person, who gives it alone.
  if (signed.requirement === undefined) return approval.quorum === 1;
  return isObject(signed.requirement) && signed.requirement.quorum === approval.quorum;
}

function agreesOnGrant(signed: JsonMembers, { grant }: ReceiptClaims['approval']): boolean {
  if (signed.type !== 'countersign/grant/v1') return grant === undefined;
  const terms = signed.grant;
  return isObject(terms) && grant?.uses === terms.uses && grant?.expiresAt === terms.expiresAt;
}

function readSigned(text: string): JsonMembers | undefined {
  try {
    const signed: unknown = JSON.parse(text);
    return isObject(signed) ? signed : undefined;
  } catch {
    return undefined;
  }
}

function isEqual(a: unknown, b: unknown): boolean {
  return a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b);
}
