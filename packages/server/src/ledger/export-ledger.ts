import { AppError } from '@countersign/api';
import {
  formatExportEnd,
  formatExportHeader,
  formatExportRecord,
  listPeaks,
  parseEntry,
  proveConsistency,
} from '@countersign/ledger';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import { findCheckpointOver } from './checkpoints/find-checkpoint.ts';
import { discloseOpening } from './disclose-opening.ts';
import { openRecord, readRecord } from './ledger-record.ts';
import { readLedgerTree } from './read-ledger-tree.ts';
import { nothingShown } from './reads/read-windows.ts';
import { recordRead } from './reads/record-read.ts';
import { recordExport } from './record-export.ts';
import { findWithheld, type Reading, requireReading } from './scope/reading.ts';
import { makeWatermark, type Watermark } from './scope/watermark.ts';
import { selectRecords } from './select-records.ts';

const seq = z.coerce.number().int().min(0);

/** The records from `from` up to, not including, `to`; everything when absent, or everything that witnesses have seen. */
export const exportLedgerInput = z.strictObject({
  from: seq.optional(),
  to: seq.optional(),
  witnessed: z.enum(['true', 'false']).optional(),
});

const recordsPerRead = 500;

/**
 * The lines of an export, without newlines, to be read as they are asked for. That it was made is itself recorded, and
 * part of it when `to` is absent. What a reader may not see is withheld; entries, which prove the tree, are there.
 */
export async function exportLedger(
  context: Pick<Context, 'config' | 'store' | 'platform'>,
  actor: Actor,
  input: z.input<typeof exportLedgerInput> = {},
): Promise<AsyncGenerator<string, void, void>> {
  const reading = await requireReading(context, actor, 'ledger.export');
  const { from = 0, witnessed, ...given } = exportLedgerInput.parse(input);
  const to = given.to ?? (witnessed === 'true' ? (await findCheckpointOver(context, 0)).size : undefined);
  const access = reading.access === undefined ? {} : { access: reading.access.id };
  const record = await recordExport(context, actor, { from, to: to ?? null, ...access });
  const checkpoint = await context.store.checkpoint();
  const end = to ?? checkpoint.size;
  if (from > end || end > checkpoint.size) {
    throw new AppError('server.request_invalid', { detail: `the ledger has ${checkpoint.size} records` });
  }
  const range = { from, to: end };
  // A part that witnesses have seen already goes with what they cosigned.
  const published = to === undefined ? undefined : await findCheckpointOver(context, end);
  await recordRead(context, actor, {
    how: 'export',
    selection: { ...range },
    shown: from === end ? nothingShown : { records: end - from, lowest: from, highest: end - 1 },
  });
  const watermark = makeWatermark(reading, record, context.platform.now());
  return writeLines(context, reading, {
    ...range,
    ...(published ?? checkpoint),
    ...(watermark === undefined ? {} : { watermark }),
  });
}

interface ExportRange {
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly note: string;
  readonly watermark?: Watermark;
}

async function* writeLines(
  { store }: Pick<Context, 'store'>,
  reading: Reading,
  { from, to, size, note, watermark }: ExportRange,
): AsyncGenerator<string, void, void> {
  const hashAt = readLedgerTree(store.sql);
  const frontier = await Promise.all(listPeaks(from).map(({ level, index }) => hashAt(level, index)));
  const marked = watermark === undefined ? {} : { watermark };
  yield formatExportHeader({ ...store.ledger, from, to, frontier, ...marked });
  for (let start = from; start < to; start += recordsPerRead) {
    const rows = await selectRecords(store.sql)
      .where('entries.seq', '>=', start)
      .where('entries.seq', '<', Math.min(start + recordsPerRead, to))
      .orderBy('entries.seq')
      .execute();
    // Cut off without an end, so that it passes for no whole one.
    if (!(await reading.isLive())) throw new AppError('person.forbidden', { detail: 'ledger.export' });
    for (const row of rows) {
      const entry = parseEntry(JSON.parse(row.entry));
      if (entry === undefined) throw new AppError('ledger.tampered', { detail: 'an entry is malformed' });
      const reason = findWithheld(reading, readRecord(store, row));
      const mark = watermark === undefined ? {} : { watermark: watermark.id };
      if (reason === undefined)
        yield formatExportRecord({ entry, opening: discloseOpening(openRecord(store, row)), ...mark });
      else yield formatExportRecord({ entry, opening: null, ...mark, withheld: reason });
    }
  }
  yield formatExportEnd({ checkpoint: note, consistency: await proveConsistency(to, size, hashAt) });
}
