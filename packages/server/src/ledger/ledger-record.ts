import type { LedgerRecord } from '@countersign/api';
import { parseEntry } from '@countersign/ledger';
import type { Store } from '../plugins/database/database.ts';
import type { ReadPayload } from '../plugins/database/sealing/payload-keys.ts';
import { nameStreamOf } from './streams/list-streams.ts';

/** Where records are read: rows, and the keys of their payloads. */
export type LedgerSource = Pick<Store, 'sql' | 'keyring'>;

/** A record as it was written, with its place in the log. */
export interface StoredRecord extends Pick<LedgerRecord, 'id' | 'at' | 'causes'> {
  readonly seq: number;
  readonly kind: string;
  /** True when the payload was erased: then only what is public in the tree is left. */
  readonly erased: boolean;
  /** The payload is gone or another than was written, though its key was not destroyed: somebody has changed the data. */
  readonly damaged?: true;
  readonly action?: string;
  readonly agent?: string;
  readonly agents?: readonly string[];
  readonly key?: string;
  readonly session?: string;
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
  /** What it says is there and not shown to this reader. */
  readonly withheld?: true;
  /** The JSON text of facts that canonical JSON cannot carry; stands in for all of them. */
  readonly notCanonical?: string;
}

export interface RecordRow {
  readonly seq: number;
  readonly id: string;
  readonly kind: string;
  readonly entry: string;
  readonly sealed: Uint8Array | null;
}

/** What the entry's commitment opens to, or why it does not. */
export function openRecord(source: LedgerSource, row: RecordRow): ReadPayload {
  const entry = parseEntry(JSON.parse(row.entry));
  return entry === undefined ? 'damaged' : openAs(source, row, entry.kind);
}

/** The kind is the one in the tree: whoever changes one beside it would choose which key is missing. */
function openAs({ keyring }: LedgerSource, { seq, id, sealed }: RecordRow, kind: string): ReadPayload {
  return keyring.keys.open({ stream: nameStreamOf(seq), seq, id, kind, sealed });
}

/** Reads back what the ledger's writer stored. */
export function readRecord(source: LedgerSource, row: RecordRow): StoredRecord {
  const parsed = parseEntry(JSON.parse(row.entry));
  if (parsed === undefined) throw new Error(`ledger entry ${row.seq} is malformed`);
  const { id, kind, at, causes } = parsed;
  const read = openAs(source, row, kind);
  const own = { seq: row.seq, id, kind, at, causes };
  if (read === 'damaged') return { ...own, erased: false, damaged: true };
  if (read === 'erased') return { ...own, erased: true };
  const facts: object = JSON.parse(read.opening.payload);
  return { ...facts, ...own, erased: false };
}
