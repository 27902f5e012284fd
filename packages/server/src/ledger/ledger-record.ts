import type { LedgerRecord } from '@countersign/api';
import { parseEntry } from '@countersign/ledger';

/** A record as it was written, with its place in the log. */
export interface StoredRecord extends Pick<LedgerRecord, 'id' | 'at' | 'causes'> {
  readonly seq: number;
  readonly kind: string;
  /** True when the payload was erased: then only what is public in the tree is left. */
  readonly erased: boolean;
  readonly action?: string;
  readonly agent?: string;
  readonly agents?: readonly string[];
  readonly key?: string;
  readonly task?: string;
  readonly person?: string;
  readonly chain?: readonly string[];
  readonly approval?: string;
  readonly policyVersion?: string;
  readonly upstream?: string;
  readonly tool?: string;
  readonly toolCall?: string;
  /** W3C trace id. */
  readonly trace?: string;
  /** The run of drills it belongs to, if any: nobody real did it. */
  readonly drill?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The JSON text of facts that canonical JSON cannot carry; stands in for all of them. */
  readonly notCanonical?: string;
}

export interface RecordRow {
  readonly seq: number;
  readonly entry: string;
  readonly payload: string | null;
  readonly salt: Uint8Array | null;
}

/** Reads back what the ledger's writer stored. */
export function readRecord({
  seq,
  entry,
  payload,
}: Pick<RecordRow, 'seq' | 'entry' | 'payload'>): StoredRecord {
  const parsed = parseEntry(JSON.parse(entry));
  if (parsed === undefined) throw new Error(`ledger entry ${seq} is malformed`);
  const { id, kind, at, causes } = parsed;
  const facts: object = payload === null ? {} : JSON.parse(payload);
  return { ...facts, seq, id, kind, at, causes, erased: payload === null };
}
