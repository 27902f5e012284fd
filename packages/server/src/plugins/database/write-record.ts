import { AppError, type LedgerRecord } from '@countersign/api';
import { canonicalJson, isEntryName } from '@countersign/ledger';
import type { WrittenRecord } from './messages.ts';
import { isPaged } from './page-collector.ts';
import { listRecordTerms } from './record-terms.ts';

/** An exported record with its payload must stay well under the line limit that verifiers keep. */
const maximumPayloadLength = 1_048_576;

/**
 * The record as it goes to the writer, its payload in the one form that is stored and committed to: it is made once,
 * here. What is public in the tree must be plain names. Throws `ledger.record_too_large`.
 */
export function writeRecord(record: LedgerRecord): WrittenRecord {
  const { id, kind, at, causes, ...facts } = record;
  if (!isEntryName(id) || !isEntryName(kind)) throw new TypeError('a record id or kind is no name');
  if (!Number.isSafeInteger(at) || at < 0) throw new TypeError('a record time is a whole number');
  if (causes.length > 64 || !causes.every(isEntryName)) throw new TypeError('a cause is no name');
  const payload = writePayload(facts);
  if (payload.length > maximumPayloadLength) throw new AppError('ledger.record_too_large');
  return { id, kind, at, causes, payload, terms: isPaged(kind) ? [] : listRecordTerms(record) };
}

/**
 * Hostile text may hold lone surrogates or nest deeper than canonical JSON goes. Nobody may escape the record that way:
 * such facts are kept whole, as the text of their JSON.
 */
function writePayload(facts: object): string {
  try {
    return canonicalJson(facts);
  } catch {
    return canonicalJson({ notCanonical: JSON.stringify(facts) });
  }
}
