import { sha256Text } from './sha256.ts';

/** The public part of one record: a leaf of the tree. What is private is behind the commitment. */
export interface LedgerEntry {
  readonly v: 1;
  /** The writer's stream; `seq` counts from 0 within it and is the leaf's index in the tree. */
  readonly stream: string;
  readonly seq: number;
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: string;
  /** Ids of earlier records this one follows from. */
  readonly causes: readonly string[];
  /** Unpadded base64url of a salted SHA-256 over the payload; see `commitPayload`. */
  readonly commitment: string;
}

/** Salts have exactly this many bytes; shorter ones would let a short payload be guessed from its commitment. */
export const saltBytes = 16;

const commitmentTag = Buffer.from('countersign-ledger-payload-v1\n');
const namePattern = /^[A-Za-z0-9._:~-]{1,128}$/;
const commitmentPattern = /^[A-Za-z0-9_-]{43}$/;
const entryKeys = 'at,causes,commitment,id,kind,seq,stream,v';
const maximumCauses = 64;

/** True for what may stand as a stream, id, kind or cause: 1 to 128 characters that JSON never escapes. */
export function isEntryName(value: unknown): value is string {
  return typeof value === 'string' && namePattern.test(value);
}

/**
 * The leaf's bytes: the entry as canonical JSON (RFC 8785). The shape is fixed and its strings need no escapes, so it
 * is written out; tests compare it with the general encoder. The entry must satisfy `parseEntry`.
 */
export function encodeEntry(entry: LedgerEntry): string {
  const causes = entry.causes.length === 0 ? '[]' : `["${entry.causes.join('","')}"]`;
  return `{"at":${entry.at},"causes":${causes},"commitment":"${entry.commitment}","id":"${entry.id}","kind":"${entry.kind}","seq":${entry.seq},"stream":"${entry.stream}","v":1}`;
}

/**
 * The commitment to a payload: base64url(SHA-256(`countersign-ledger-payload-v1` || 0x0A || salt || payload)), where
 * payload is canonical JSON in UTF-8. Throws RangeError when the salt is not 16 bytes.
 */
export function commitPayload(salt: Uint8Array, payload: string): string {
  if (salt.length !== saltBytes) throw new RangeError(`a salt has ${saltBytes} bytes`);
  const start = commitmentTag.length + saltBytes;
  const input = Buffer.allocUnsafe(start + Buffer.byteLength(payload));
  input.set(commitmentTag, 0);
  input.set(salt, commitmentTag.length);
  input.write(payload, start);
  return sha256Text(input);
}

/** A value read from hostile JSON as an entry, or undefined: no member may be missing, of another shape, or extra. */
export function parseEntry(value: unknown): LedgerEntry | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.keys(value).sort().join(',') !== entryKeys) return undefined;
  const entry = value as Record<keyof LedgerEntry, unknown>;
  const { stream, seq, id, at, kind, causes, commitment } = entry;
  if (entry.v !== 1 || !isCount(seq) || !isCount(at)) return undefined;
  if (!isEntryName(stream) || !isEntryName(id) || !isEntryName(kind)) return undefined;
  if (!Array.isArray(causes) || causes.length > maximumCauses || !causes.every(isEntryName)) return undefined;
  if (typeof commitment !== 'string' || !commitmentPattern.test(commitment)) return undefined;
  return { v: 1, stream, seq, id, at, kind, causes, commitment };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
