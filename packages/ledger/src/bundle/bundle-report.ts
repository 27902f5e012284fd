import type { ReceiptStatus } from '../receipt/read-receipt-status.ts';
import type { BundleReader } from './bundle-format.ts';

/** What can be wrong with a bundle. */
export const bundleFindingCodes = [
  'bundle.changed',
  'bundle.not_recorded',
  'bundle.too_long',
  'bundle.truncated',
  'cause.missing',
  'cause.not_earlier',
  'checkpoint.bad_cosignature',
  'checkpoint.bad_signature',
  'checkpoint.malformed',
  'checkpoint.missing',
  'checkpoint.not_consistent',
  'checkpoint.not_witnessed',
  'header.invalid',
  'key.invalid',
  'line.malformed',
  'line.too_long',
  'line.unexpected',
  'policy.changed',
  'policy.missing',
  'policy.unbound',
  'receipt.another_action',
  'receipt.invalid',
  'receipt.unbound',
  'record.changed',
  'record.damaged',
  'record.duplicated',
  'record.inserted',
  'record.not_proven',
  'record.reordered',
  'tool.unbound',
] as const;
export type BundleFindingCode = (typeof bundleFindingCodes)[number];

export interface BundleFinding {
  readonly code: BundleFindingCode;
  /** The line it is about, counted from 1; null when it is about the bundle. */
  readonly line: number | null;
  /** The record it is about, if any. */
  readonly record: string | null;
  readonly detail: string;
}

export interface ProvenReceipt {
  readonly approval: string;
  readonly outcome: 'approved' | 'denied';
  /** The signed text is there, and each yes is a passkey's signature over it. */
  readonly proven: boolean;
  /** What the issuer's list says of it; null without a list. */
  readonly status: ReceiptStatus | null;
}

export interface BundleReport {
  readonly format: 'countersign-bundle';
  /** True only when nothing was found. */
  readonly valid: boolean;
  readonly origin: string | null;
  /** For whom it was made, as the log itself recorded; null when that does not hold. */
  readonly madeFor: BundleReader | null;
  /** Epoch milliseconds. */
  readonly madeAt: number | null;
  readonly selection: Readonly<Record<string, unknown>> | null;
  /** There was more than went in. */
  readonly truncated: boolean;
  /** Leaves of the signed tree; null without a good checkpoint. */
  readonly size: number | null;
  readonly records: number;
  /** How many payloads are not there, by reason. */
  readonly withheld: Readonly<Record<string, number>>;
  /** How many records are named as causes and are said not to be here. */
  readonly missing: number;
  readonly policies: number;
  /** Versions that decided here, whose text the reader's access does not reach. */
  readonly policiesOutOfScope: number;
  readonly tools: number;
  readonly receipts: readonly ProvenReceipt[];
  /** `given`: signatures were checked with a key known from elsewhere. `claimed`: with the key the bundle names, which
   * shows that it is whole but not whose it is. */
  readonly key: 'given' | 'claimed';
  /** Trusted witnesses that cosigned a tree with all the records but that of the making. `at` is epoch seconds. */
  readonly cosigned: readonly { readonly name: string; readonly at: number }[];
  readonly findings: readonly BundleFinding[];
  /** How many findings are not listed because there were too many. */
  readonly findingsLeftOut: number;
}
