import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { findRecord } from '../find-record.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { findRecords } from '../search-ledger.ts';
import { READ_WAYS } from './read-windows.ts';
import { recordRead } from './record-read.ts';

const time = z.coerce.number().int().min(0);

/** Times are epoch milliseconds, `to` exclusive; of the last seven days without them. */
export const listReadersInput = z.strictObject({
  record: z
    .string()
    .regex(/^rec_[0-9A-Za-z]{1,64}$/)
    .optional(),
  person: z
    .string()
    .regex(/^per_[0-9A-Za-z]{1,64}$/)
    .optional(),
  from: time.optional(),
  to: time.optional(),
  watermark: z
    .string()
    .regex(/^wm_[0-9A-Za-z]{1,64}$/)
    .describe('Of a copy: who took it, whenever that was')
    .optional(),
});

export const readerSchema = z.object({
  id: z.string().describe('The record that says so'),
  at: z.number().int(),
  by: z.string(),
  how: z.enum([...READ_WAYS, 'unknown']),
  selection: z.record(z.string(), z.unknown()),
  reads: z.number().int(),
  records: z.number().int().nullable(),
  saw: z
    .enum(['named', 'possibly'])
    .nullable()
    .describe('Of a record that was asked about: it was named, or it lies among those that were shown'),
});
export const readersSchema = z.object({
  items: z.array(readerSchema).readonly(),
  truncated: z.boolean().describe('There was more than was read'),
});
export type LedgerReader = z.infer<typeof readerSchema>;

const defaultMs = 7 * 24 * 60 * 60_000;
const mostRecords = 5_000;
const recordsPerRead = 500;

/**
 * Who read the ledger, newest first; of one record when it is named, or the possible readers among those who were shown
 * others around it. Throws `ledger.record_not_found`.
 */
export async function listReaders(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof listReadersInput>,
): Promise<z.infer<typeof readersSchema>> {
  requirePermission(actor, 'ledger.read');
  const { record, person, to, watermark, ...given } = listReadersInput.parse(input);
  if (watermark !== undefined) return findCopy(context, actor, watermark);
  const from = given.from ?? context.platform.now() - defaultMs;
  const about = record === undefined ? undefined : await getNamed(context, record);
  const items: LedgerReader[] = [];
  let cursor: string | undefined;
  let looked = 0;
  do {
    const page = await findRecords(context, {
      ...{ kind: 'ledger.read', from, limit: recordsPerRead },
      ...(person === undefined ? {} : { person }),
      ...(to === undefined ? {} : { to }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    looked += recordsPerRead;
    for (const found of page.items) items.push(...describeReader(found, about));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && looked < mostRecords);
  await recordRead(context, actor, { how: 'search', selection: { readers: record ?? person ?? null } });
  return { items, truncated: cursor !== undefined };
}

/** The id of a copy is that of the record which says who took it. */
async function findCopy(context: Pick<Context, 'platform' | 'store'>, actor: Actor, watermark: string) {
  const copy = await getNamed(context, watermark.replace(/^wm_/, 'rec_'));
  const how = copy.kind === 'ledger.bundled' ? 'bundle' : 'export';
  if (copy.kind !== 'ledger.exported' && how === 'export') throw new AppError('ledger.record_not_found');
  await recordRead(context, actor, { how: 'search', selection: { readers: watermark } });
  const { by, ...selection } = copy.body ?? {};
  const read = { ...copy, body: { by, how, selection } };
  return { items: describeReader(read, undefined), truncated: false };
}

async function getNamed({ store }: Pick<Context, 'store'>, id: string): Promise<StoredRecord> {
  const found = await findRecord(store, id);
  if (found === undefined) throw new AppError('ledger.record_not_found');
  return found;
}

function describeReader(read: StoredRecord, about: StoredRecord | undefined): readonly LedgerReader[] {
  const { by, how, selection, reads, records } = read.body ?? {};
  const saw = about === undefined ? null : findSight(read, about);
  if (about !== undefined && saw === null) return [];
  return [
    {
      id: read.id,
      at: read.at,
      by: typeof by === 'string' ? by : 'erased',
      how: READ_WAYS.find((way) => way === how) ?? 'unknown',
      selection: isObject(selection) ? selection : {},
      reads: typeof reads === 'number' ? reads : 1,
      records: typeof records === 'number' ? records : null,
      saw,
    },
  ];
}

/** What was shown is not written down, only within which bounds it lay. */
function findSight({ body }: StoredRecord, about: StoredRecord): 'named' | 'possibly' | null {
  const { selection, lowest, highest } = body ?? {};
  const names = isObject(selection) ? Object.values(selection) : [];
  if (names.some((name) => name === about.id || (name !== undefined && name === about.action)))
    return 'named';
  if (typeof lowest !== 'number' || typeof highest !== 'number') return null;
  return lowest <= about.seq && about.seq <= highest ? 'possibly' : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
