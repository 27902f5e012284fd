import { decodeBase64, encodeBase64 } from './base64.ts';
import { equalBytes } from './tree-hash.ts';
import { isKeyName, type VerifierKey } from './verifier-key.ts';
import { verifySignature } from './verify-signature.ts';

/** Signs for one key. The private key stays with whoever hands this in. */
export interface NoteSigner {
  readonly key: VerifierKey;
  /** The 64-byte Ed25519 signature over the message. */
  sign(message: Uint8Array): Uint8Array;
}

/** A note taken apart; nothing in it is verified yet. */
export interface ParsedNote {
  /** The signed text, with its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** `unknown_key`: none of its signatures claims to be by this key. `bad_signature`: one claims to be and is not. */
export type NoteVerdict = 'verified' | 'unknown_key' | 'bad_signature';

const encoder = new TextEncoder();
const maximumLength = 1_000_000;
const maximumSignatures = 100;
// biome-ignore lint/suspicious/noControlCharactersInRegex: C2SP signed-note forbids them all but the newline.
const controlCharacters = /[\u0000-\u0009\u000b-\u001f]/;

/** The text with one signature, as C2SP signed-note. The text ends in a newline. Throws RangeError. */
export function signNote(text: string, signer: NoteSigner): string {
  if (!isNoteText(text))
    throw new RangeError('the text of a note ends in a newline and has no control characters');
  const signature = signer.sign(encoder.encode(text));
  return `${text}\n${formatSignatureLine({ ...signer.key, signature })}`;
}

/** A hostile note taken apart, or undefined when C2SP signed-note does not allow it: 1 MB, 100 signatures. */
export function parseNote(note: string): ParsedNote | undefined {
  if (note.length > maximumLength) return undefined;
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) return undefined;
  const text = note.slice(0, split + 1);
  if (!isNoteText(text)) return undefined;
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > maximumSignatures) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === undefined) return undefined;
    signatures.push(signature);
  }
  return { text, signatures };
}

/** Whether this key signed the note. Signatures by other keys are left aside, as C2SP signed-note demands. */
export function verifyNote(note: ParsedNote, key: VerifierKey): NoteVerdict {
  const own = note.signatures.filter(({ name, keyId }) => name === key.name && equalBytes(keyId, key.keyId));
  if (own.length === 0) return 'unknown_key';
  const message = encoder.encode(note.text);
  const verified = own.every(({ signature }) => verifySignature(key.publicKey, message, signature));
  return verified ? 'verified' : 'bad_signature';
}

/** The line of a signature as it stands in a note, with its newline. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${encodeBase64(Buffer.concat([keyId, signature]))}\n`;
}

function parseSignatureLine(line: string): NoteSignature | undefined {
  const [dash, name, encoded, ...rest] = line.split(' ');
  if (dash !== '—' || name === undefined || encoded === undefined || rest.length > 0) return undefined;
  const bytes = decodeBase64(encoded);
  if (!isKeyName(name) || bytes === undefined || bytes.length < 5) return undefined;
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}

function isNoteText(text: string): boolean {
  return text.endsWith('\n') && text.isWellFormed() && !controlCharacters.test(text);
}
