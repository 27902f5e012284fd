/** What an inclusion proof shows: the tree's root hash that follows from the leaf and its path, in base64. */
export interface InclusionProof {
  readonly entry: string;
  readonly index: number;
  readonly size: number;
  /** RFC 9162 §2.1.3.1 audit path, base64, lowest first. */
  readonly path: readonly string[];
  /** C2SP signed note whose second and third lines are size and root. */
  readonly checkpoint: string;
}

/**
 * True when the entry is in the tree that the checkpoint names (RFC 9162 §2.1.3.2). The signature under the checkpoint
 * is not looked at: a page that this server sent cannot vouch for this server. `countersign ledger verify` can.
 */
export async function checkInclusion(proof: InclusionProof): Promise<boolean> {
  const [, size, root] = proof.checkpoint.split('\n');
  if (size !== String(proof.size) || proof.index >= proof.size) return false;
  const computed = await foldPath(proof);
  return computed !== undefined && encode(computed) === root;
}

async function foldPath({ entry, index, size, path }: InclusionProof): Promise<Uint8Array | undefined> {
  let position = index;
  let last = size - 1;
  let hash = await digest([Uint8Array.of(0), new TextEncoder().encode(entry)]);
  for (const step of path) {
    if (last === 0) return undefined;
    const sibling = decode(step);
    if (position % 2 === 1 || position === last) {
      hash = await digest([Uint8Array.of(1), sibling, hash]);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = await digest([Uint8Array.of(1), hash, sibling]);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : undefined;
}

async function digest(parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const whole = new Uint8Array(await new Blob(parts.map((part) => part.slice())).arrayBuffer());
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
}

function decode(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
