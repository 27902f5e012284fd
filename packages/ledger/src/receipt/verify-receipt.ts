import { sha256Text } from '../sha256.ts';
import { agreesWithSigned } from './agrees-with-signed.ts';
import { readSignedFor } from './is-signed-for.ts';
import { isSignedBy, openPublicKey, type VerifyingKey } from './public-key.ts';
import { type ReceiptStatus, readReceiptStatus } from './read-receipt-status.ts';
import { isObject, type ReadSdJwt, readSdJwt } from './read-sd-jwt.ts';
import { type ReceiptClaims, type ReceiptVote, receiptType } from './receipt-claims.ts';
import { verifyPasskeyProof } from './verify-passkey.ts';

export interface VerifyReceiptOptions {
  /** The issuer's keys (RFC 7517), known from elsewhere. Without them the key is the one that the receipt itself names. */
  readonly keys?: readonly Readonly<Record<string, unknown>>[];
  /** A Token Status List of the issuer, `statuslist+jwt`. */
  readonly statusList?: string;
}

export type ReceiptFinding =
  | 'not_a_receipt'
  | 'unknown_key'
  | 'bad_signature'
  | 'action_changed'
  | 'vote_unproven'
  | 'quorum_unproven'
  | 'status_unreadable';

export interface ReceiptVerdict {
  readonly valid: boolean;
  readonly findings: readonly ReceiptFinding[];
  /** Where the issuer's key came from: one that the receipt itself names shows only that it is whole. */
  readonly key: 'given' | 'claimed';
  /** What the list says of it, as of when; null without a list. */
  readonly status: ReceiptStatus | null;
  /** Whether the signed text is shown, and every yes is proven by a passkey over it and nothing else. */
  readonly proven: boolean;
  /** How many parts of it were left out by whoever shows it. */
  readonly hidden: number;
  /** Null unless the issuer's signature holds. */
  readonly claims: ReceiptClaims | null;
}

/**
 * Checks a receipt, which is hostile text, offline: the issuer's signature over it, the passkey signatures in it over the
 * action it is about, and whether those that are shown were enough. Never throws.
 */
export function verifyReceipt(text: string, options: VerifyReceiptOptions = {}): ReceiptVerdict {
  const key = options.keys === undefined ? 'claimed' : 'given';
  const refuse = (finding: ReceiptFinding): ReceiptVerdict => ({
    ...{ valid: false, findings: [finding], key, status: null, proven: false, hidden: 0, claims: null },
  });
  const read = readSdJwt(text.trim());
  if (read === undefined || read.header.typ !== receiptType || read.header.alg !== 'ES256')
    return refuse('not_a_receipt');
  const issuerKey = findKey(read, options.keys);
  if (issuerKey === undefined) return refuse('unknown_key');
  if (!isSignedBy(issuerKey, read.signed, read.signature)) return refuse('bad_signature');
  const claims = readClaims(read.claims);
  if (claims === undefined) return refuse('not_a_receipt');
  const findings = checkVotes(claims, read.hidden);
  const status =
    options.statusList === undefined
      ? null
      : readReceiptStatus(options.statusList, claims.status.status_list, (signed, signature, kid) => {
          const signer = findKey({ header: { ...read.header, kid } }, options.keys);
          return signer !== undefined && isSignedBy(signer, signed, signature);
        });
  if (status === undefined) findings.push('status_unreadable');
  return {
    valid: findings.length === 0,
    findings,
    key,
    status: status ?? null,
    // Without the text the passkeys prove a digest, and what it stands for is the issuer's word.
    proven:
      claims.signedAction !== undefined &&
      claims.votes.some(({ outcome }) => outcome === 'approve') &&
      findings.length === 0,
    hidden: read.hidden,
    claims,
  };
}

function checkVotes(claims: ReceiptClaims, hidden: number): ReceiptFinding[] {
  const { action, approval, signedAction, votes } = claims;
  const findings: ReceiptFinding[] = [];
  if (signedAction !== undefined && !isAbout(claims, signedAction)) findings.push('action_changed');
  const approving = votes.filter((vote) => vote.outcome === 'approve');
  if (!approving.every((vote) => isProven(vote, claims))) findings.push('vote_unproven');
  const people = new Set(approving.map(({ person }) => person));
  const brokeGlass = approving.some(
    ({ signedText }) =>
      signedText !== undefined && readSignedFor(signedText, action.digest) === 'broken_glass',
  );
  // What is left out may be the votes that are missing; then it is said that something is.
  const isEnough = brokeGlass || people.size >= approval.quorum;
  if (approval.outcome === 'approved' && hidden === 0 && !isEnough) findings.push('quorum_unproven');
  if (approval.outcome === 'denied' && hidden === 0 && !votes.some(({ outcome }) => outcome === 'deny'))
    findings.push('quorum_unproven');
  return findings;
}

/** The text that was signed is this one, and the receipt says nothing else of it. */
function isAbout(claims: ReceiptClaims, signedAction: string): boolean {
  return digest(signedAction) === claims.action.digest && agreesWithSigned(claims, signedAction);
}

function isProven({ passkey, signedText }: ReceiptVote, { action, iss }: ReceiptClaims): boolean {
  // A passkey speaks to one origin: a signature made elsewhere says nothing here.
  if (passkey === null || passkey.origin !== iss) return false;
  if (signedText === undefined) return verifyPasskeyProof(passkey, action.digest);
  return (
    readSignedFor(signedText, action.digest) !== undefined && verifyPasskeyProof(passkey, digest(signedText))
  );
}

function digest(text: string): string {
  return sha256Text(new TextEncoder().encode(text));
}

function findKey(
  { header }: Pick<ReadSdJwt, 'header'>,
  keys: VerifyReceiptOptions['keys'],
): VerifyingKey | undefined {
  const jwk = keys === undefined ? header.jwk : keys.find((one) => isObject(one) && one.kid === header.kid);
  if (!isObject(jwk) || jwk.kty !== 'EC' || jwk.crv !== 'P-256') return undefined;
  const { kty, crv, x, y } = jwk;
  return openPublicKey({ kty, crv, x, y }, { hash: 'sha256', encoding: 'ieee-p1363' });
}

/** What the issuer signed is still read carefully: with a claimed key the issuer may be anybody. */
function readClaims(claims: ReadSdJwt['claims']): ReceiptClaims | undefined {
  const { iss, vct, iat, approval, action, votes, status, signedAction, reason, cnf } = claims;
  const isWhole =
    hasTexts({ iss, vct }, ['iss', 'vct']) &&
    typeof iat === 'number' &&
    isObject(cnf) &&
    hasTexts(approval, ['id', 'kind', 'record']) &&
    isObject(approval) &&
    (approval.outcome === 'approved' || approval.outcome === 'denied') &&
    Number.isSafeInteger(approval.quorum) &&
    hasTexts(action, ['digest', 'callDigest', 'agent', 'task', 'upstream', 'tool', 'policyVersion']) &&
    isObject(status) &&
    isObject(status.status_list) &&
    Number.isSafeInteger(status.status_list.idx) &&
    typeof status.status_list.uri === 'string' &&
    isOptionalText(signedAction) &&
    isOptionalText(reason) &&
    Array.isArray(votes) &&
    votes.every(isVote);
  return isWhole ? (claims as unknown as ReceiptClaims) : undefined;
}

function isVote(value: unknown): boolean {
  if (!hasTexts(value, ['person', 'name', 'record']) || !isObject(value)) return false;
  const { outcome, passkey, signedText } = value;
  return (
    (outcome === 'approve' || outcome === 'deny') &&
    isOptionalText(signedText) &&
    (passkey === null || hasTexts(passkey, proofMembers))
  );
}

const proofMembers: readonly string[] = [
  'credentialId',
  'publicKey',
  'authenticatorData',
  'clientDataJson',
  'signature',
  'rpId',
  'origin',
];

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === 'string');
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
