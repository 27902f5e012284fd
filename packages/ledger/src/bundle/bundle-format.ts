import { encodeBase64, encodeBase64url } from '../base64.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { LedgerEntry } from '../entry.ts';

/**
 * A bundle is UTF-8 text, each line canonical JSON (RFC 8785) and a newline. In this order: the header, the checkpoint, hashes,
 * the records by `seq`, the causes that are not in it, the issuer's keys, policies, tools and receipts, the end.
 */
export const bundleFormat = 'countersign-bundle';

export interface BundleHeader {
  /** Epoch milliseconds. */
  readonly madeAt: number;
  /** Who asked for it: a copy that turns up elsewhere names its reader. */
  readonly madeFor: BundleReader;
  readonly origin: string;
  /** What was asked for, as it was asked. */
  readonly selection: Readonly<Record<string, unknown>>;
  readonly stream: string;
  /** There was more than the bounds let in. */
  readonly truncated: boolean;
  /** The log's own claim of its verifier key; whoever wants to trust it compares it with one known from elsewhere. */
  readonly vkey: string;
}

export interface BundleReader {
  readonly id: string;
  readonly name: string;
  /** Of one who may read only some of the log, and only for some time: what lies outside of that is not in the bundle. */
  readonly access?: {
    /** Epoch milliseconds, exclusive. */
    readonly until: number;
    /** By it the log finds who took this copy. */
    readonly watermark: string;
  };
}

export interface BundleCheckpoint {
  /** A signed note over a tree that holds all records of the bundle. */
  readonly checkpoint: string;
  /** The newest that witnesses have cosigned, and the RFC 6962 consistency proof from it to the other. */
  readonly witnessed: { readonly checkpoint: string; readonly consistency: readonly Uint8Array[] } | null;
}

/**
 * Why a payload is not there: it was erased; whoever made the bundle left it out; they may not see what records say, or
 * not this record; or it is not what was recorded, so that somebody has changed the data.
 */
export const withheldReasons = ['damaged', 'erased', 'left_out', 'not_permitted', 'out_of_scope'] as const;
export type WithheldReason = (typeof withheldReasons)[number];

export interface BundleRecord {
  readonly entry: LedgerEntry;
  /** The payload as canonical JSON and its salt. */
  readonly opening: { readonly payload: string; readonly salt: Uint8Array } | WithheldReason;
  /** The RFC 6962 audit path, lowest first: where in the hashes of the bundle its nodes stand. */
  readonly proof: readonly number[];
}

export interface BundlePolicy {
  readonly version: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

export interface BundleTool {
  readonly upstream: string;
  readonly name: string;
  readonly definition: Readonly<Record<string, unknown>>;
}

export interface BundleReceipt {
  /** SD-JWT VC. */
  readonly receipt: string;
  /** Token Status List of its issuer; null when it was not there. */
  readonly status: string | null;
}

export type BundleLine =
  | { readonly type: 'header'; readonly header: BundleHeader }
  | { readonly type: 'checkpoint'; readonly checkpoint: BundleCheckpoint }
  | { readonly type: 'hashes'; readonly hashes: readonly Uint8Array[] }
  | { readonly type: 'record'; readonly record: BundleRecord }
  | { readonly type: 'missing'; readonly causes: readonly string[] }
  | { readonly type: 'issuer'; readonly keys: readonly Readonly<Record<string, unknown>>[] }
  | { readonly type: 'policy'; readonly policy: BundlePolicy }
  | { readonly type: 'tool'; readonly tool: BundleTool }
  | { readonly type: 'receipt'; readonly receipt: BundleReceipt }
  /** `record`: the record of the bundle having been made, which holds the digest of all that is in it. */
  | { readonly type: 'end'; readonly record: string };

/** Hashes that one line may hold. */
export const hashesPerLine = 1024;

/** One line without its newline. Throws TypeError for what canonical JSON cannot carry. */
export function formatBundleLine(line: BundleLine): string {
  switch (line.type) {
    case 'header':
      return canonicalJson({ ...line.header, format: bundleFormat, type: 'header', v: 1 });
    case 'checkpoint': {
      const { checkpoint, witnessed } = line.checkpoint;
      const seen = witnessed && { ...witnessed, consistency: witnessed.consistency.map(encodeBase64) };
      return canonicalJson({ checkpoint, type: 'checkpoint', witnessed: seen });
    }
    case 'hashes':
      return canonicalJson({ hashes: line.hashes.map(encodeBase64), type: 'hashes' });
    case 'record':
      return formatRecord(line.record);
    case 'policy':
      return canonicalJson({ ...line.policy, type: 'policy' });
    case 'tool':
      return canonicalJson({ ...line.tool, type: 'tool' });
    case 'receipt':
      return canonicalJson({ ...line.receipt, type: 'receipt' });
    default:
      return canonicalJson(line);
  }
}

function formatRecord({ entry, opening, proof }: BundleRecord): string {
  const isOpen = typeof opening !== 'string';
  return canonicalJson({
    entry,
    payload: isOpen ? (JSON.parse(opening.payload) as unknown) : null,
    proof,
    salt: isOpen ? encodeBase64url(opening.salt) : null,
    type: 'record',
    withheld: isOpen ? null : opening,
  });
}
