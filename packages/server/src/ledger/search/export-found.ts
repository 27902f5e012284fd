import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { recordExport } from '../record-export.ts';
import { type SearchLedgerInput, searchLedger } from '../search-ledger.ts';
import { csvHead, writeCsvRow } from './write-csv.ts';

export type FoundFormat = 'csv' | 'ndjson';

/** More is a matter for an export of the ledger, which can be verified. */
const mostRecords = 1_000_000;
const recordsAtOnce = 500;

/**
 * All records that a search finds, newest first, as lines without their ends, read as they are asked for. That they were
 * taken is itself recorded first. Throws `ledger.query_invalid`.
 */
export async function exportFound(
  context: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  { search, format }: { readonly search: SearchLedgerInput; readonly format: FoundFormat },
): Promise<AsyncGenerator<string, void, void>> {
  requirePermission(actor, 'ledger.export');
  const { cursor: _place, limit: _page, ...asked } = search;
  const first = await searchLedger(context, actor, { ...asked, limit: recordsAtOnce });
  await recordExport(context, actor, { format, search: JSON.stringify(asked) });
  return writeLines(context, actor, { asked, first, format });
}

async function* writeLines(
  context: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  options: {
    readonly asked: SearchLedgerInput;
    readonly first: Awaited<ReturnType<typeof searchLedger>>;
    readonly format: FoundFormat;
  },
): AsyncGenerator<string, void, void> {
  const { asked, format } = options;
  const write = (record: StoredRecord) => (format === 'csv' ? writeCsvRow(record) : JSON.stringify(record));
  if (format === 'csv') yield csvHead;
  let written = 0;
  for (let page = options.first; ; ) {
    for (const record of page.items) {
      if (written === mostRecords) return;
      written += 1;
      yield write(record);
    }
    if (page.next === null) return;
    page = await searchLedger(context, actor, { ...asked, cursor: Number(page.next), limit: recordsAtOnce });
  }
}
