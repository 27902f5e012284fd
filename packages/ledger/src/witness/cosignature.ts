import { encodeBase64 } from '../base64.ts';
import type { NoteVerdict, ParsedNote } from '../note.ts';
import { equalBytes } from '../tree-hash.ts';
import { verifySignature } from '../verify-signature.ts';
import type { WitnessKey } from './witness-key.ts';

/** Cosigns for one key. The private key stays with whoever hands this in. */
export interface WitnessSigner {
  readonly key: WitnessKey;
  /** The 64-byte Ed25519 signature over the message. */
  sign(message: Uint8Array): Uint8Array;
}

const encoder = new TextEncoder();
const timeBytes = 8;

/**
 * The line, with its newline, that adds this witness's cosignature to a note with this text (C2SP tlog-cosignature,
 * Ed25519). `at` is epoch seconds. Throws RangeError for a time that is none.
 */
export function cosignText(text: string, signer: WitnessSigner, at: number): string {
  if (!Number.isSafeInteger(at) || at <= 0) throw new RangeError('a cosignature has a time');
  const time = new Uint8Array(timeBytes);
  new DataView(time.buffer).setBigUint64(0, BigInt(at));
  const signature = signer.sign(writeMessage(text, at));
  return `— ${signer.key.name} ${encodeBase64(Buffer.concat([signer.key.keyId, time, signature]))}\n`;
}

export interface CosignatureVerdict {
  readonly verdict: NoteVerdict;
  /** Epoch seconds at which the witness says that it saw the tree; null unless verified. */
  readonly at: number | null;
}

/** Whether this witness cosigned the note, and when. Lines by others are left aside; one of its own that fails refuses all. */
export function verifyCosignature(note: ParsedNote, key: WitnessKey): CosignatureVerdict {
  const own = note.signatures.filter(({ name, keyId }) => name === key.name && equalBytes(keyId, key.keyId));
  if (own.length === 0) return { verdict: 'unknown_key', at: null };
  const times = own.map(({ signature }) => readTime(note.text, key, signature));
  if (times.includes(undefined)) return { verdict: 'bad_signature', at: null };
  return { verdict: 'verified', at: Math.max(...times.map((time) => time ?? 0)) };
}

function readTime(text: string, { publicKey }: WitnessKey, bytes: Uint8Array): number | undefined {
  if (bytes.length !== timeBytes + 64) return undefined;
  const at = Number(new DataView(bytes.buffer, bytes.byteOffset, timeBytes).getBigUint64(0));
  // A checkpoint's cosignature never omits its time (C2SP tlog-witness).
  if (!Number.isSafeInteger(at) || at === 0) return undefined;
  return verifySignature(publicKey, writeMessage(text, at), bytes.subarray(timeBytes)) ? at : undefined;
}

function writeMessage(text: string, at: number): Uint8Array {
  return encoder.encode(`cosignature/v1\ntime ${at}\n${text}`);
}
