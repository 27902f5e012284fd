import { describe, expect, it } from 'vitest';
import { checkInclusion, type InclusionProof } from './check-inclusion.ts';

const hash = async (...parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> => {
  const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
};
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const splitAt = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

/** RFC 9162 §2.1.1, as it is written there. */
async function findRoot(leaves: readonly string[]): Promise<Uint8Array> {
  const [first = ''] = leaves;
  if (leaves.length === 1) return hash(Uint8Array.of(0), new TextEncoder().encode(first));
  const k = splitAt(leaves.length);
  return hash(Uint8Array.of(1), await findRoot(leaves.slice(0, k)), await findRoot(leaves.slice(k)));
}

/** RFC 9162 §2.1.3.1, as it is written there. */
async function findPath(index: number, leaves: readonly string[]): Promise<Uint8Array[]> {
  if (leaves.length === 1) return [];
  const k = splitAt(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return index < k
    ? [...(await findPath(index, left)), await findRoot(right)]
    : [...(await findPath(index - k, right)), await findRoot(left)];
}

async function prove(index: number, size: number): Promise<InclusionProof> {
  const leaves = Array.from({ length: size }, (_, n) => `{"id":"rec_${n}"}`);
  const root = base64(await findRoot(leaves));
  return {
    entry: leaves[index] ?? '',
    index,
    size,
    path: (await findPath(index, leaves)).map(base64),
    checkpoint: `countersign/ledger\n${size}\n${root}\n\n— countersign/ledger AAAA\n`,
  };
}

describe('checkInclusion', () => {
  it('accepts every entry of every small tree', async () => {
    for (let size = 1; size <= 20; size += 1) {
      for (let index = 0; index < size; index += 1) {
        expect(await checkInclusion(await prove(index, size)), `${index} of ${size}`).toBe(true);
      }
    }
  });

  it('refuses another entry, place, path or checkpoint', async () => {
    const proof = await prove(5, 13);
    const [first = '', ...others] = proof.path;
    for (const forged of [
      { ...proof, entry: `${proof.entry} ` },
      { ...proof, index: 6 },
      { ...proof, index: 13 },
      { ...proof, size: 14 },
      { ...proof, path: others },
      { ...proof, path: [...proof.path, first] },
      { ...proof, path: [base64(new Uint8Array(32)), ...others] },
      { ...proof, checkpoint: (await prove(5, 12)).checkpoint },
      { ...proof, checkpoint: '' },
    ]) {
      expect(await checkInclusion(forged)).toBe(false);
    }
  });
});
