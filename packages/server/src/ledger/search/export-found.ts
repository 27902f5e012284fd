import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { recordExport } from '../record-export.ts';
import { requireReading } from '../scope/reading.ts';
import { makeWatermark, printWatermark, type Watermark } from '../scope/watermark.ts';
import { searchLedger } from '../search-ledger.ts';
import type { SearchLedgerInput } from '../search-ledger-input.ts';
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
  const reading = await requireReading(context, actor, 'ledger.export');
  const { cursor: _place, limit: _page, ...asked } = search;
  const first = await searchLedger(context, actor, { ...asked, limit: recordsAtOnce });
  const access = reading.access === undefined ? {} : { access: reading.access.id };
  const record = await recordExport(context, actor, { format, search: JSON.stringify(asked), ...access });
  const watermark = makeWatermark(reading, record, context.platform.now());
  return writeLines(context, actor, { asked, first, format, watermark });
}

async function* writeLines(
  context: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  options: {
    readonly asked: SearchLedgerInput;
    readonly first: Awaited<ReturnType<typeof searchLedger>>;
    readonly format: FoundFormat;
    readonly watermark: Watermark | undefined;
  },
): AsyncGenerator<string, void, void> {
  const { asked, format, watermark } = options;
  const mark = watermark === undefined ? '' : `,"${printWatermark(watermark)}"`;
  const write = (record: StoredRecord) =>
    format === 'csv'
      ? `${writeCsvRow(record)}${mark}`
      : JSON.stringify(watermark === undefined ? record : { ...record, watermark });
  if (format === 'csv') yield watermark === undefined ? csvHead : `${csvHead},watermark`;
  let written = 0;
  for (let page = options.first; ; ) {
    for (const record of page.items) {
      if (written === mostRecords) return;
      written += 1;
      yield write(record);
    }
    if (page.next === null) return;
    page = await searchLedger(context, actor, { ...asked, cursor: page.next, limit: recordsAtOnce });
  }
}
