import { hash } from 'node:crypto';

/** Every secret of a key tree has so many bytes. */
export const secretBytes = 32;

const childTag = Buffer.from('countersign-key-tree-child-v1\n');
const childInput = Buffer.alloc(childTag.length + 1 + secretBytes);
childInput.set(childTag, 0);

/** One step down a GGM tree. From a child nothing is learned of its parent or of its sibling. */
export function deriveChild(parent: Uint8Array, bit: 0 | 1): Uint8Array {
  childInput[childTag.length] = bit;
  childInput.set(parent, childTag.length + 1);
  return hash('sha256', childInput, 'buffer');
}

const keyTag = Buffer.from('countersign-payload-key-v1\n');
const saltTag = Buffer.from('countersign-payload-salt-v1\n');

/** The AES-256 key of one record's payload. The id keeps apart two records that got the same place, one after a roll-back. */
export function derivePayloadKey(leaf: Uint8Array, id: string): Uint8Array {
  return hash('sha256', Buffer.concat([keyTag, leaf, Buffer.from(id)]), 'buffer');
}

const indexTag = Buffer.from('countersign-value-index-v1\n');

/** What the values in one block of records are hidden with in the index. */
export function deriveIndexKey(leaf: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([indexTag, leaf]), 'buffer');
}

/** The 16 bytes of salt in the commitment to that payload. */
export function deriveSalt(leaf: Uint8Array, id: string): Uint8Array {
  return hash('sha256', Buffer.concat([saltTag, leaf, Buffer.from(id)]), 'buffer').subarray(0, 16);
}
