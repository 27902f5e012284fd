import type { ExportWatermark, ExportWithheld } from './export-format.ts';

/** What can be wrong with an export. */
export const findingCodes = [
  'cause.not_earlier',
  'checkpoint.bad_cosignature',
  'checkpoint.bad_signature',
  'checkpoint.contradicted',
  'checkpoint.malformed',
  'checkpoint.missing',
  'checkpoint.not_witnessed',
  'checkpoint.out_of_range',
  'header.invalid',
  'key.invalid',
  'ledger.truncated',
  'line.malformed',
  'line.too_long',
  'line.unexpected',
  'record.changed',
  'record.duplicated',
  'record.inserted',
  'record.missing',
  'record.reordered',
  'tree.mismatch',
] as const;
export type FindingCode = (typeof findingCodes)[number];

export interface Finding {
  readonly code: FindingCode;
  /** The record it is about; null when it is about the export or the tree. */
  readonly seq: number | null;
  readonly detail: string;
}

export interface ExportReport {
  /** True only when nothing was found. */
  readonly valid: boolean;
  readonly stream: string | null;
  readonly origin: string | null;
  readonly from: number;
  readonly to: number;
  /** Leaves of the signed tree at the end; more than `to` when the export is a part. Null without a good checkpoint. */
  readonly size: number | null;
  /** Records read. */
  readonly records: number;
  /** Records whose payload was erased: legal, and still bound into the tree. */
  readonly erased: number;
  /** Payloads that this copy's reader was not shown, by reason; bound into the tree like all others. */
  readonly withheld: Readonly<Partial<Record<ExportWithheld, number>>>;
  /** As the copy says: whose it is; nothing proves it, for the log's record of it is apart. Null for a whole one. */
  readonly watermark: ExportWatermark | null;
  /** Base64 root of the tree that these records make. */
  readonly root: string;
  /** `given`: signatures were checked with a key known from elsewhere. `claimed`: with the key the export names, which
   * shows that the export is whole but not whose it is. */
  readonly key: 'given' | 'claimed';
  /** Of the witnesses asked about, those whose cosignature of the checkpoint holds. `at` is epoch seconds. */
  readonly cosigned: readonly { readonly name: string; readonly at: number }[];
  readonly findings: readonly Finding[];
  /** How many findings are not listed because there were too many. */
  readonly findingsLeftOut: number;
}
