import { AppError, type LedgerRecord } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { PasskeyEvidence } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { requireUnheld } from '../holds/require-unheld.ts';
import { listStaleCopies } from '../keys/key-copies.ts';
import { listStreams } from '../streams/list-streams.ts';
import { beginErasure } from './begin-erasure.ts';
import { finishErasures } from './finish-erasures.ts';
import { planErasure } from './plan-erasure.ts';
import { describeErasure, type ErasurePreview, nameOwner } from './preview-erasure.ts';
import { requireDelivered } from './require-delivered.ts';
import { requireNoneSince } from './require-none-since.ts';
import { requireUnused } from './require-unused.ts';
import { selectErasable } from './select-erasable.ts';

/** What two people have signed with their passkeys. */
export interface SignedErasure {
  readonly id: string;
  /** Of the preview: what was looked at is what is erased. */
  readonly digest: string;
  readonly reason: string;
  /** The text that all of them signed. */
  readonly signed: string;
  /** Whoever asked for it first. */
  readonly signatures: readonly { readonly by: string; readonly evidence: PasskeyEvidence }[];
  readonly causes: readonly string[];
  /** Uses the signatures up in the write that begins it. */
  readonly claim: (tx: Transaction) => Promise<void>;
}

export interface Erased extends Omit<ErasurePreview, 'holds'> {
  /** Counts all erasures and retirements. */
  readonly number: number;
  /** The record that tells of it. */
  readonly record: string;
  /** Numbers of the copies of the keys that were made before, and can open what was erased until they are destroyed. */
  readonly keyCopies: readonly number[];
}

/**
 * Destroys the keys of the selected payloads and removes them, and every copy of what they said, from the database. When
 * it resolves they are gone; once it has begun, a crash only delays it. Every proof stays valid. Throws
 * `ledger.record_not_found`, `ledger.selection_changed`, `ledger.selection_too_large`, `ledger.on_hold`,
 * `ledger.still_in_use`, `ledger.undelivered`, `ledger.own_hold_ended`, `ledger.erasure_needs_two`.
 */
export async function eraseRecords(
  context: Pick<Context, 'store' | 'platform'> & Partial<Pick<Context, 'sinks'>>,
  { id, digest, reason, signed, signatures, causes, claim }: SignedErasure,
): Promise<Erased> {
  const people = [...new Set(signatures.map(({ by }) => by))];
  if (people.length < 2) throw new AppError('ledger.erasure_needs_two');
  const streams = await listStreams(context.store.sql);
  const records = await selectErasable(context, id);
  const { holds: _none, ...described } = describeErasure(id, records, []);
  if (described.digest !== digest) throw new AppError('ledger.selection_changed');
  const begun = await beginErasure(context, 'erasure', async (tx) => {
    await claim(tx);
    await requireNoneSince({ ...context.store, sql: tx.sql }, id, streams);
    const work = await planErasure(tx.sql, records, nameOwner(id));
    await requireUnheld(tx.sql, records, work, people);
    await requireUnused(tx.sql, records, work, context.platform.now());
    await requireDelivered(tx.sql, records, context.sinks?.fed.keys() ?? []);
    const { classes } = described;
    const body = { by: people[0], reason, selection: id, classes, ranges: work.ranges, signed, signatures };
    const named = nameSelection(id);
    return { work, told: { kind: 'ledger.erased', ...named, causes: [...causes, ...named.causes], body } };
  });
  if (begun === undefined) throw new AppError('ledger.selection_changed');
  await finishErasures(context);
  return { ...described, ...begun, keyCopies: await listStaleCopies(context) };
}

/** So that who looks for what is gone finds why. */
function nameSelection(id: string): Partial<LedgerRecord> & Pick<LedgerRecord, 'causes'> {
  const causes: readonly string[] = [];
  switch (id.slice(0, 3)) {
    case 'rec':
      return { causes: [id] };
    case 'act':
      return { causes, action: id };
    case 'tsk':
      return { causes, task: id };
    default:
      return { causes, person: id };
  }
}
