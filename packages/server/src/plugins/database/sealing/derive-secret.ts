import { createSecretKey, hash, type KeyObject } from 'node:crypto';
import { saltBytes } from '@countersign/ledger';

/** Every secret of a key tree has so many bytes. */
export const secretBytes = 32;

/** Short enough that a step hashes one block. */
const childTag = Buffer.from('countersign-tree-v1\n');
const childInput = Buffer.alloc(childTag.length + 1 + secretBytes);
childInput.set(childTag, 0);

/** One step down a GGM tree. From a child nothing is learned of its parent or of its sibling. */
export function deriveChild(parent: Uint8Array, bit: 0 | 1): Uint8Array {
  childInput[childTag.length] = bit;
  childInput.set(parent, childTag.length + 1);
  return toBytes(hash('sha256', childInput, 'binary'));
}

export interface LeafSecrets {
  /** The AES-256 key of one record's payload. */
  readonly key: KeyObject;
  /** The salt in the commitment to it. */
  readonly salt: Uint8Array;
}

const indexTag = Buffer.from('countersign-value-index-v1\n');

/** What the values in one block of records are hidden with in the index. */
export function deriveIndexKey(leaf: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([indexTag, leaf]), 'buffer');
}

const leafTag = Buffer.from('countersign-leaf-v1\n');

/** The id keeps apart two records that got the same place, one after a roll-back. */
export function deriveLeafSecrets(leaf: Uint8Array, id: string): LeafSecrets {
  const bytes = toBytes(hash('sha512', Buffer.concat([leafTag, leaf, Buffer.from(id)]), 'binary'));
  // Handed over as bytes, a key takes a cipher three times as long to begin.
  const key = createSecretKey(bytes.subarray(0, secretBytes));
  // A copy: the bytes before it are the key.
  return { key, salt: bytes.slice(secretBytes, secretBytes + saltBytes) };
}

/** A digest asked for as text of one character a byte takes a third of the time of one asked for as a buffer. */
function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}
