import type { LedgerRecord } from '@countersign/api';
import type { Platform } from '../../platform/platform.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { firstSeqOf } from '../../plugins/database/ledger-streams.ts';
import type { Offer, Witness } from './offer-checkpoint.ts';

/** What one witness answered to a checkpoint. */
export interface Answered {
  readonly witness: Pick<Witness, 'vkey' | 'key'>;
  readonly offer: Offer;
  /** The same refusal is in the ledger already, and not a day old. */
  readonly isRecorded?: boolean;
}

/**
 * Keeps what a witness answered: its cosignature, and how it fares. That it is refused, or refuses, is recorded once a day for
 * each reason; being away is not held against it.
 */
export async function keepOffer(
  { now, newId }: Pick<Platform, 'now' | 'newId'>,
  tx: Transaction,
  { size, stream }: { readonly size: number; readonly stream: number },
  { witness: { vkey, key }, offer, isRecorded = false }: Answered,
): Promise<void> {
  const before = await tx.sql
    .selectFrom('ledger_witnesses')
    .selectAll()
    .where('stream', '=', stream)
    .where('vkey', '=', vkey)
    .executeTakeFirst();
  const state = offer.kind === 'cosigned' ? ('cosigning' as const) : offer.kind;
  const reason = offer.kind === 'cosigned' ? null : offer.reason;
  const isNew = before?.state !== state || before.reason !== reason;
  const row = {
    ...{ stream, vkey, state, reason },
    size: offer.kind === 'cosigned' ? size : (before?.size ?? 0),
    cosigned_at: offer.kind === 'cosigned' ? offer.at : (before?.cosigned_at ?? null),
    changed_at: isNew ? now() : (before?.changed_at ?? now()),
  } as const;
  const { stream: _stream, vkey: _vkey, ...changes } = row;
  await tx.sql
    .insertInto('ledger_witnesses')
    .values(row)
    .onConflict((conflict) => conflict.columns(['stream', 'vkey']).doUpdateSet(changes))
    .execute();
  if (offer.kind === 'cosigned') {
    const { line, at } = offer;
    await tx.sql
      .insertInto('ledger_cosignatures')
      .values({ size: firstSeqOf(stream) + size, vkey, line, at })
      .onConflict((conflict) => conflict.columns(['size', 'vkey']).doNothing())
      .execute();
  }
  if (offer.kind === 'refused' && isNew && !isRecorded) {
    const { reason: why, size: seen, theirs, evidence } = offer;
    const body = { evidence, reason: why, seen, size, theirs, witness: key.name };
    tx.record(makeRecord({ now, newId }, 'ledger.witness_refused', body));
  }
}

export function makeRecord(
  { now, newId }: Pick<Platform, 'now' | 'newId'>,
  kind: 'ledger.cosigned' | 'ledger.stream_refused' | 'ledger.witness_refused',
  body: Readonly<Record<string, unknown>>,
): LedgerRecord {
  return { id: newId('rec'), kind, at: now(), causes: [], body };
}
