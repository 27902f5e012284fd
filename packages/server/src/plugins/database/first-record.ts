import type { RecordKind } from '@countersign/api';
import { type RawBuilder, sql } from 'kysely';

/**
 * The id of the first ledger record of a kind that names what the column holds: the record a change follows from.
 * The first is found at once, however much was recorded since.
 */
export function firstRecord(column: string, kind: RecordKind): RawBuilder<string | null> {
  return sql<string | null>`(
    select entry.id from ledger_terms as term join ledger_entries as entry on entry.seq = term.seq
    where term.term = ${sql.ref(column)} and entry.kind = ${kind} order by term.seq limit 1)`;
}
