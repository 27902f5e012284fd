import { AppError } from '@countersign/api';
import { encodeBase64, encodeBase64url } from '@countersign/ledger';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import { discloseOpening } from './disclose-opening.ts';
import { openRecord, readRecord, type StoredRecord } from './ledger-record.ts';
import { provePlace } from './prove-place.ts';
import { describeShown } from './reads/read-windows.ts';
import { recordRead } from './reads/record-read.ts';
import { requireReading } from './scope/reading.ts';
import { selectRecords } from './select-records.ts';

export const getRecordInput = z.strictObject({ id: z.string().regex(/^rec_[0-9A-Za-z]{1,64}$/) });

/** A record with all that is needed to check it without this server. */
export interface ProvenRecord {
  readonly record: StoredRecord;
  /** The leaf: canonical JSON. */
  readonly entry: string;
  /** What the entry's commitment opens to, and does not open to where it was damaged; null when it was erased, or is not shown to this reader. */
  readonly opening: { readonly payload: string; readonly salt: string } | null;
  readonly proof: {
    /** C2SP signed note over a tree that holds the record. */
    readonly checkpoint: string;
    readonly size: number;
    /** How many witnesses have cosigned it. */
    readonly cosigned: number;
    /** How many other gateways have cosigned it. */
    readonly cosignedByGateways: number;
    /** Stream, name and verifier key of the log that the record is in. */
    readonly stream: string;
    readonly origin: string;
    readonly vkey: string;
    /** RFC 6962 audit path, base64, lowest first. */
    readonly path: readonly string[];
  };
}

/** Throws `ledger.record_not_found`. */
export async function getRecord(
  context: Pick<Context, 'config' | 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof getRecordInput>,
): Promise<ProvenRecord> {
  const reading = await requireReading(context, actor, 'ledger.read');
  const { id } = getRecordInput.parse(input);
  const { store } = context;
  const { sql } = store;
  const row = await selectRecords(sql).where('entries.id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('ledger.record_not_found');
  const { note: checkpoint, path, ...proven } = await provePlace(context, row.seq);
  const opening = reading.seesContent ? discloseOpening(openRecord(store, row)) : null;
  const record = readRecord(store, row);
  if (!reading.isVisible(record)) throw new AppError('ledger.record_not_found');
  await recordRead(context, actor, { how: 'record', selection: { id }, shown: describeShown([record]) });
  return {
    record: reading.show(record),
    entry: row.entry,
    opening: opening && { payload: opening.payload, salt: encodeBase64url(opening.salt) },
    proof: { checkpoint, ...proven, path: path.map(encodeBase64) },
  };
}
