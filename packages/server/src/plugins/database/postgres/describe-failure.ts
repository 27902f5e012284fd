import { DatabaseError } from 'pg';
import type { Failure } from '../messages.ts';
import { StoreFailure } from '../store-failure.ts';

const uniqueViolation = '23505';

/**
 * Classes of SQLSTATE that say the server cannot serve: connection, authorization, resources (a full disk), operator
 * intervention, system and internal errors, rollbacks it forces, locks it does not give, and a standby that only reads.
 */
const unavailable = /^(08|28|40|53|55|57|58|F0|XX)|^(25006|25P02|25P03|25P04|3D000|42501)$/;

/** Texts of these classes name tables, columns and constraints; others quote values. */
const quotesNoValue = /^(08|23|28|40|42|53|55|57|3D)/;

/** What went wrong between here and PostgreSQL, as a message that quotes no value. */
export function describePostgresFailure(thrown: unknown): Failure {
  if (thrown instanceof StoreFailure) return thrown.failure;
  if (thrown instanceof DatabaseError) {
    const { code = 'unknown' } = thrown;
    const message = quotesNoValue.test(code) ? thrown.message : `the statement failed with SQLSTATE ${code}`;
    if (code === uniqueViolation) return { kind: 'unique', message };
    return { kind: unavailable.test(code) ? 'unavailable' : 'other', message };
  }
  return { kind: 'other', message: thrown instanceof Error ? thrown.message : 'unknown' };
}

/** True unless PostgreSQL itself said no to one statement, after which the connection goes on. */
export function isBroken(thrown: unknown): boolean {
  return !(thrown instanceof DatabaseError) || thrown.severity === 'FATAL' || thrown.severity === 'PANIC';
}

export function toUnavailable(thrown: unknown): StoreFailure {
  if (thrown instanceof StoreFailure) return thrown;
  const { message } = describePostgresFailure(thrown);
  return new StoreFailure({ kind: 'unavailable', message });
}
