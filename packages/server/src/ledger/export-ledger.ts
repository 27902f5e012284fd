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
import { type Actor, requirePermission } from '../people/index.ts';
import { findCheckpointOver } from './checkpoints/find-checkpoint.ts';
import { discloseOpening } from './disclose-opening.ts';
import { openRecord } from './ledger-record.ts';
import { readLedgerTree } from './read-ledger-tree.ts';
import { recordExport } from './record-export.ts';
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
 * part of it when `to` is absent.
 */
export async function exportLedger(
  context: Pick<Context, 'config' | 'store' | 'platform'>,
  actor: Actor,
  input: z.input<typeof exportLedgerInput> = {},
): Promise<AsyncGenerator<string, void, void>> {
  requirePermission(actor, 'ledger.export');
  const { from = 0, witnessed, ...given } = exportLedgerInput.parse(input);
  const to = given.to ?? (witnessed === 'true' ? (await findCheckpointOver(context, 0)).size : undefined);
  await recordExport(context, actor, { from, to: to ?? null });
  const checkpoint = await context.store.checkpoint();
  const end = to ?? checkpoint.size;
  if (from > end || end > checkpoint.size) {
    throw new AppError('server.request_invalid', { detail: `the ledger has ${checkpoint.size} records` });
  }
  const range = { from, to: end };
  // A part that witnesses have seen already goes with what they cosigned.
  const published = to === undefined ? undefined : await findCheckpointOver(context, end);
  return writeLines(context, { ...range, ...(published ?? checkpoint) });
}

interface ExportRange {
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly note: string;
}

async function* writeLines(
  { store }: Pick<Context, 'store'>,
  { from, to, size, note }: ExportRange,
): AsyncGenerator<string, void, void> {
  const hashAt = readLedgerTree(store.sql);
  const frontier = await Promise.all(listPeaks(from).map(({ level, index }) => hashAt(level, index)));
  yield formatExportHeader({ ...store.ledger, from, to, frontier });
  for (let start = from; start < to; start += recordsPerRead) {
    const rows = await selectRecords(store.sql)
      .where('entries.seq', '>=', start)
      .where('entries.seq', '<', Math.min(start + recordsPerRead, to))
      .orderBy('entries.seq')
      .execute();
    for (const row of rows) {
      const entry = parseEntry(JSON.parse(row.entry));
      if (entry === undefined) throw new AppError('ledger.tampered', { detail: 'an entry is malformed' });
      yield formatExportRecord({ entry, opening: discloseOpening(openRecord(store, row)) });
    }
  }
  yield formatExportEnd({ checkpoint: note, consistency: await proveConsistency(to, size, hashAt) });
}
