import { worstRisk } from '@countersign/core';
import type { Transaction } from '../../plugins/database/database.ts';
import { type EventEffect, findEffect } from './find-effect.ts';
import { findRiskSource } from './find-risk-source.ts';
import type { ReceivedRow } from './received-row.ts';

/**
 * Whether the transmitter has since said the contrary of what would let a person back or lower their risk. An event that
 * failed is tried again later, and must not undo what was said after it; what raises is done in any case.
 */
export async function isSuperseded(
  { sql }: Pick<Transaction, 'sql'>,
  row: ReceivedRow,
  effect: EventEffect,
): Promise<boolean> {
  if (effect.kind !== 'return' && effect.kind !== 'risk') return false;
  const level = effect.kind === 'risk' ? effect.level : undefined;
  const later = await sql
    .selectFrom('signals_received')
    .selectAll()
    .where('transmitter', '=', row.transmitter)
    .where('subject_id', '=', row.subject_id)
    .where('outcome', '!=', 'not_believed')
    .where(({ and, eb, or }) =>
      or([
        eb('issued_at', '>', row.issued_at),
        and([eb('issued_at', '=', row.issued_at), eb('arrival', '>', row.arrival)]),
      ]),
    )
    .execute();
  return later.some((one) => {
    const said = findEffect(one.event, JSON.parse(one.facts), 'person');
    if (level === undefined) return said?.kind === 'leave';
    if (said?.kind !== 'risk' || findRiskSource(one) !== findRiskSource(row)) return false;
    return said.level !== level && worstRisk([said.level, level]) === said.level;
  });
}
