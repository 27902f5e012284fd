import {
  compareCheckpoints,
  decodeBase64,
  formatAddCheckpoint,
  formatForkEvidence,
  formatSignatureLine,
  type HashAt,
  longestSubmission,
  parseNote,
  parseVerifierKey,
  proveConsistency,
  verifyCheckpoint,
  verifyCosignature,
  verifyNote,
  type WitnessKey,
} from '@countersign/ledger';
import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import { sha256 } from '../../platform/sha256.ts';

/** A witness of the configuration, and how it is reached. */
export interface Witness {
  readonly vkey: string;
  readonly key: WitnessKey;
  /** Without a slash at its end. */
  readonly url: string;
  readonly fetch: GuardedFetch;
}

/** What is put before a witness. */
export interface OfferedCheckpoint {
  readonly size: number;
  readonly note: string;
  /** The log's own verifier key. */
  readonly vkey: string;
  /** The log's tree. */
  readonly hashAt: HashAt;
}

/** What is known of a witness from before. */
export interface WitnessMemory {
  readonly size: number;
  /** Epoch seconds. */
  readonly cosignedAt: number | null;
}

/**
 * Why a witness is not believed, or does not believe us. `ahead`: it saw a larger tree than there is, so the ledger was
 * rolled back, or it lies. `forked`: it holds another tree that this log's key signed. `inconsistent`: it says so and shows
 * none. `not_trusted`: it does not take this log. The others are about what it signed.
 */
export type RefusedReason =
  | 'ahead'
  | 'forked'
  | 'inconsistent'
  | 'not_trusted'
  | 'wrong_key'
  | 'bad_cosignature'
  | 'bad_time';

export type Offer =
  | { readonly kind: 'cosigned'; readonly line: string; readonly at: number }
  /** Down, slow, broken or busy: nothing is held against it. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | {
      readonly kind: 'refused';
      readonly reason: RefusedReason;
      /** The size that it says it saw. */
      readonly size?: number;
      /** The checkpoint that it shows for it, when it carries this log's signature. */
      readonly theirs?: string;
      /** That this log's key signed two histories; `countersign ledger verify` checks it. */
      readonly evidence?: string;
    };

/** Forgiven to the clock of a witness. */
const skewSeconds = 300;

/**
 * Puts a checkpoint before one witness (C2SP tlog-witness, add-checkpoint). Whatever it answers is hostile until its
 * cosignature verifies. Never throws for what a witness does.
 */
export async function offerCheckpoint(
  witness: Witness,
  checkpoint: OfferedCheckpoint,
  { memory, now }: { readonly memory: WitnessMemory /** Epoch milliseconds. */; readonly now: number },
): Promise<Offer> {
  let oldSize = Math.min(memory.size, checkpoint.size);
  // The second time from where the witness says that it stands.
  for (const isLast of [false, true]) {
    const proof = await proveConsistency(oldSize, checkpoint.size, checkpoint.hashAt);
    const body = formatAddCheckpoint({ oldSize, proof, note: checkpoint.note });
    const answer = await ask(witness, '/add-checkpoint', body);
    if (typeof answer === 'string') return { kind: 'unreachable', reason: answer };
    if (answer.status === 200) return readCosignature(witness, checkpoint, answer.text, { memory, now });
    if (answer.status === 403 || answer.status === 404) return { kind: 'refused', reason: 'not_trusted' };
    if (answer.status === 422)
      return explainRefusal(witness, checkpoint, { reason: 'inconsistent', size: oldSize });
    const size = answer.status === 409 ? readSize(answer.text) : undefined;
    if (size === undefined || isLast) return { kind: 'unreachable', reason: `status ${answer.status}` };
    if (size > checkpoint.size) return explainRefusal(witness, checkpoint, { reason: 'ahead', size });
    oldSize = size;
  }
  return { kind: 'unreachable', reason: 'it does not say where it stands' };
}

function readCosignature(
  { key }: Witness,
  checkpoint: OfferedCheckpoint,
  text: string,
  { memory, now }: { readonly memory: WitnessMemory; readonly now: number },
): Offer {
  const note = parseNote(`${checkpoint.note}${text}`);
  // A note is split at its last blank line: one in the answer would make the log's signature part of what is cosigned.
  if (note === undefined || note.text !== parseNote(checkpoint.note)?.text)
    return { kind: 'refused', reason: 'bad_cosignature' };
  const { verdict, at } = verifyCosignature(note, key);
  if (verdict === 'unknown_key') return { kind: 'refused', reason: 'wrong_key' };
  if (verdict === 'bad_signature' || at === null) return { kind: 'refused', reason: 'bad_cosignature' };
  // A time that runs ahead, stands still far behind, or goes back: an answer from another day, or a clock that nobody keeps.
  const isNow = Math.abs(at - now / 1000) <= skewSeconds && at >= (memory.cosignedAt ?? 0);
  if (!isNow) return { kind: 'refused', reason: 'bad_time' };
  const line = text.split('\n').find((one) => isLineOf(key, one));
  if (line === undefined) return { kind: 'refused', reason: 'wrong_key' };
  const kept = parseNote(`${checkpoint.note}${line}\n`);
  // Only what everybody else will find valid is counted.
  if (kept === undefined || verifyCosignature(kept, key).at !== at)
    return { kind: 'refused', reason: 'bad_cosignature' };
  return { kind: 'cosigned', line: `${line}\n`, at };
}

function isLineOf(key: WitnessKey, line: string): boolean {
  const [, name, encoded = ''] = line.split(' ');
  const bytes = decodeBase64(encoded);
  return name === key.name && bytes !== undefined && Buffer.from(key.keyId).equals(bytes.subarray(0, 4));
}

/** What a witness says against the log, with the checkpoint that it shows for it, if this log's key signed that. */
async function explainRefusal(
  witness: Witness,
  { vkey, note, size: offered, hashAt }: OfferedCheckpoint,
  { reason, size }: { readonly reason: 'ahead' | 'inconsistent'; readonly size: number },
): Promise<Offer> {
  const origin = note.slice(0, note.indexOf('\n'));
  const hash = Buffer.from(sha256(origin), 'base64url').toString('hex');
  const answer = await ask(witness, `/${hash}/checkpoint`);
  const theirs = typeof answer === 'string' || answer.status !== 200 ? '' : keepOwnLine(answer.text, vkey);
  const shown = verifyCheckpoint(theirs, { vkey }).checkpoint;
  if (shown === null) return { kind: 'refused', reason, size };
  if (shown.size > offered) return { kind: 'refused', reason: 'ahead', size: shown.size, theirs };
  const comparison = await compareCheckpoints([theirs, note], vkey, hashAt);
  if (comparison.kind !== 'forked') return { kind: 'refused', reason, size: shown.size, theirs };
  const evidence = formatForkEvidence(comparison.evidence);
  return { kind: 'refused', reason: 'forked', size: shown.size, theirs, evidence };
}

/** Of a hostile note what this log's key signed: further lines could say anything, and would stay in the ledger for ever. */
function keepOwnLine(text: string, vkey: string): string {
  const key = parseVerifierKey(vkey);
  const note = parseNote(text);
  if (key === undefined || note === undefined) return '';
  const own = note.signatures.find(
    (one) => verifyNote({ text: note.text, signatures: [one] }, key) === 'verified',
  );
  return own === undefined ? '' : `${note.text}\n${formatSignatureLine(own)}`;
}

function readSize(text: string): number | undefined {
  const [, digits] = /^(0|[1-9][0-9]{0,15})\n?$/.exec(text) ?? [];
  return digits !== undefined && Number.isSafeInteger(Number(digits)) ? Number(digits) : undefined;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** An answer, or in a word why there is none. */
async function ask(witness: Witness, path: string, body?: string): Promise<Answer | string> {
  try {
    const response = await witness.fetch(`${witness.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      body,
      headers: { accept: '*/*', ...(body === undefined ? {} : { 'content-type': 'text/plain' }) },
    });
    const text = await response.text();
    return text.length > longestSubmission ? 'the answer is too long' : { status: response.status, text };
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'no answer';
  }
}
