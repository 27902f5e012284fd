import { encodeEntry } from '../entry.ts';
import { sha256Text } from '../sha256.ts';
import type { BundleRecord } from './bundle-format.ts';

const tag = 'countersign-bundle-content-v1';
const encoder = new TextEncoder();

/**
 * Digests of what is in a bundle, gathered as it is written or read. The record of its having been made holds the digest of
 * them all: whoever removes, adds or withholds anything afterwards is found out.
 */
export class BundleContent {
  readonly #records: string[] = [];
  readonly #lines: string[] = [];

  /** Every record but that of the making. */
  addRecord({ entry, opening }: Pick<BundleRecord, 'entry' | 'opening'>): void {
    this.#records.push(hash(`${encodeEntry(entry)}\n${typeof opening === 'string' ? opening : 'open'}`));
  }

  /** The header, and whatever follows the records but the end, as it stands. */
  addLine(line: string): void {
    this.#lines.push(hash(line));
  }

  /** SHA-256, base64url. */
  digest(): string {
    return hash([tag, ...this.#records, ...this.#lines].join('\n'));
  }
}

function hash(text: string): string {
  return sha256Text(encoder.encode(text));
}
