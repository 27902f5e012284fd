import { AppError } from '@countersign/api';
import { type LedgerEntry, parseEntry } from '@countersign/ledger';
import type { Context } from '../context.ts';
import { provePlace } from './prove-place.ts';

/** That a record is in the log, without what it says. */
export interface RecordProof {
  readonly entry: LedgerEntry;
  /** RFC 6962 audit path, lowest first. */
  readonly path: readonly Uint8Array[];
  /** C2SP signed note over a tree of its stream that holds the record, cosigned where witnesses have seen it. */
  readonly checkpoint: string;
  readonly size: number;
  /** How many witnesses have cosigned it. */
  readonly cosigned: number;
  /** Verifier key of its stream. */
  readonly vkey: string;
}

/** For those that may know of the record: its place in the signed tree. Throws `ledger.record_not_found`. */
export async function proveRecord(
  context: Pick<Context, 'config' | 'store'>,
  id: string,
): Promise<RecordProof> {
  const { sql } = context.store;
  const row = await sql
    .selectFrom('ledger_entries')
    .select(['seq', 'entry'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('ledger.record_not_found');
  const entry = parseEntry(JSON.parse(row.entry));
  if (entry === undefined) throw new AppError('ledger.tampered', { detail: 'an entry is malformed' });
  const { note: checkpoint, path, size, cosigned, vkey } = await provePlace(context, row.seq);
  return { entry, path, checkpoint, size, cosigned, vkey };
}
