import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import { getPerson, readPerson } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';

export type ErasureRow = Selectable<Schema['ledger_erasure_requests']>;
export type ErasureState = 'asked' | 'signed' | 'erased' | 'cancelled' | 'expired';

/** An erasure that somebody asked for, and how far it has come. */
export interface ErasureRequest {
  readonly id: string;
  readonly selection: string;
  /** SHA-256 of the text that both sign, base64url. */
  readonly digest: string;
  readonly reason: string;
  readonly askedBy: string;
  /** Epoch milliseconds, as is the next. */
  readonly askedAt: number;
  readonly expiresAt: number;
  readonly state: ErasureState;
  /** Where it is shown and signed with a passkey. */
  readonly link: string;
}

export const erasureLifetimeMilliseconds = 24 * 3_600_000;

/** Throws `ledger.erasure_not_found`. */
export async function loadErasure(sql: Kysely<Schema>, id: string): Promise<ErasureRow> {
  const row = isId('ers', id)
    ? await sql.selectFrom('ledger_erasure_requests').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw new AppError('ledger.erasure_not_found');
  return row;
}

export function readState({ outcome, expires_at, evidence }: ErasureRow, now: number): ErasureState {
  if (outcome !== null) return outcome;
  if (expires_at <= now) return 'expired';
  return evidence === null ? 'asked' : 'signed';
}

/** Nobody has carried it out or cancelled it, and it is less than a day old. Throws `ledger.erasure_not_open`. */
export function requireOpenErasure(row: ErasureRow, now: number): void {
  const state = readState(row, now);
  if (state !== 'asked' && state !== 'signed')
    throw new AppError('ledger.erasure_not_open', { detail: `it is ${state}` });
}

/** Whoever asked may still erase: an administrator who was suspended since asks for nothing. Throws `ledger.erasure_not_open`. */
export async function requireAsker(tx: Transaction, { asked_by }: ErasureRow): Promise<void> {
  const { state, roles } = await getPerson(tx, asked_by);
  if (state !== 'active' || !roles.includes('admin'))
    throw new AppError('ledger.erasure_not_open', {
      detail: 'who asked for it is no administrator any more',
    });
}

/** Active people who could sign it with a passkey that counts, but for this one. */
export async function listOtherSigners(sql: Kysely<Schema>, person: string, now: number): Promise<string[]> {
  const rows = await sql
    .selectFrom('people')
    .selectAll()
    .where('state', '=', 'active')
    .where('id', '<>', person)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('passkeys')
          .select('credential_id')
          .whereRef('passkeys.person_id', '=', 'people.id')
          .where('counts_from', '<=', now),
      ),
    )
    .execute();
  return rows
    .map(readPerson)
    .filter(({ roles }) => roles.includes('admin') || roles.includes('auditor'))
    .map(({ id }) => id);
}

export function describeRequest(
  { config, platform }: Pick<Context, 'config' | 'platform'>,
  row: ErasureRow,
): ErasureRequest {
  const { id, selection, digest, reason } = row;
  return {
    ...{ id, selection, digest, reason, askedBy: row.asked_by, askedAt: row.asked_at },
    ...{ expiresAt: row.expires_at, state: readState(row, platform.now()) },
    link: `${new URL(config.server.publicUrl).origin}/ledger/erasures/${id}`,
  };
}
