import { encodeBase64 } from '../base64.ts';
import type { LedgerEntry } from '../entry.ts';
import {
  type BundleCheckpoint,
  type BundleHeader,
  type BundleLine,
  type BundlePolicy,
  type BundleReceipt,
  type BundleRecord,
  type BundleTool,
  formatBundleLine,
  hashesPerLine,
} from './bundle-format.ts';
import { BundleContent } from './digest-content.ts';

/** A record with what it says, or why that is withheld. */
export type ChosenRecord = Pick<BundleRecord, 'entry' | 'opening'>;

/** What goes into a bundle. Nothing of it is looked at: what does not belong together is found when it is verified. */
export interface BundleParts {
  readonly header: BundleHeader;
  /** By `seq`, without that of the making. */
  readonly records: readonly ChosenRecord[];
  /** Causes of these records that are not among them. */
  readonly missing: readonly string[];
  /** Public keys of the issuer of the receipts (RFC 7517). */
  readonly issuerKeys: readonly Readonly<Record<string, unknown>>[];
  readonly policies: readonly BundlePolicy[];
  readonly tools: readonly BundleTool[];
  readonly receipts: readonly BundleReceipt[];
}

export interface BundleProofs {
  /** The record of the making, whose body has the digest of the content. */
  readonly made: ChosenRecord;
  readonly checkpoint: BundleCheckpoint;
  /** The RFC 6962 audit path of a record in the tree of the checkpoint. */
  prove(entry: LedgerEntry): Promise<readonly Uint8Array[]>;
}

/** SHA-256, base64url, of all that is in a bundle but its proofs: what the record of the making says as `digest`. */
export function digestBundle(parts: BundleParts): string {
  const content = new BundleContent();
  content.addLine(formatBundleLine({ type: 'header', header: parts.header }));
  for (const record of parts.records) content.addRecord(record);
  for (const line of listRest(parts)) content.addLine(formatBundleLine(line));
  return content.digest();
}

/** The lines of a bundle, without newlines. Hashes that many proofs share stand in it once. */
export async function* writeBundle(
  parts: BundleParts,
  { made, checkpoint, prove }: BundleProofs,
): AsyncGenerator<string, void, void> {
  yield formatBundleLine({ type: 'header', header: parts.header });
  yield formatBundleLine({ type: 'checkpoint', checkpoint });
  const places = new Map<string, number>();
  const hashes: Uint8Array[] = [];
  const proofs: number[][] = [];
  for (const { entry } of [...parts.records, made]) {
    const path = await prove(entry);
    proofs.push(path.map((hash) => place(hash, places, hashes)));
  }
  for (let start = 0; start < hashes.length; start += hashesPerLine)
    yield formatBundleLine({ type: 'hashes', hashes: hashes.slice(start, start + hashesPerLine) });
  for (const [at, record] of [...parts.records, made].entries())
    yield formatBundleLine({ type: 'record', record: { ...record, proof: proofs[at] ?? [] } });
  for (const line of listRest(parts)) yield formatBundleLine(line);
  yield formatBundleLine({ type: 'end', record: made.entry.id });
}

function place(hash: Uint8Array, places: Map<string, number>, hashes: Uint8Array[]): number {
  const name = encodeBase64(hash);
  const known = places.get(name);
  if (known !== undefined) return known;
  places.set(name, hashes.length);
  return hashes.push(hash) - 1;
}

function* listRest(parts: BundleParts): Generator<BundleLine> {
  const { missing, issuerKeys, policies, tools, receipts } = parts;
  if (missing.length > 0) yield { type: 'missing', causes: missing };
  if (issuerKeys.length > 0) yield { type: 'issuer', keys: issuerKeys };
  for (const policy of policies) yield { type: 'policy', policy };
  for (const tool of tools) yield { type: 'tool', tool };
  for (const receipt of receipts) yield { type: 'receipt', receipt };
}
