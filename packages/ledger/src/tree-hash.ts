import { sha256 } from './sha256.ts';

const nodeInput = new Uint8Array(65);
nodeInput[0] = 0x01;

/** Hash of a leaf: SHA-256(0x00 || bytes), RFC 6962 section 2.1. Text is taken as UTF-8. */
export function hashLeaf(content: string | Uint8Array): Uint8Array {
  const length = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
  const input = Buffer.allocUnsafe(length + 1);
  input[0] = 0x00;
  if (typeof content === 'string') input.write(content, 1);
  else input.set(content, 1);
  return sha256(input);
}

/** Hash of an inner node: SHA-256(0x01 || left || right), RFC 6962 section 2.1. The prefix keeps leaves and nodes apart. */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeInput.set(left, 1);
  nodeInput.set(right, 33);
  return sha256(nodeInput);
}

/** Root of the tree with no leaves: SHA-256 of nothing, RFC 6962 section 2.1. */
export function hashEmptyTree(): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** True when both byte strings are equal. Hashes of public data: the time it takes tells nothing secret. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  return left.every((byte, index) => byte === right[index]);
}
