import type { Failure } from '../messages.ts';
import { StoreFailure } from '../store-failure.ts';

// SQLite's primary result codes for a disk that is full, failing, read-only, unreadable or damaged, or a lock not given.
const unavailableCodes = new Set([5, 8, 10, 11, 13, 14, 26]);
const uniqueCodes = new Set([1555, 2067]);

/** SQLite's texts name tables and columns, never values. */
export function describeSqliteFailure(thrown: unknown): Failure {
  if (thrown instanceof StoreFailure) return thrown.failure;
  if (!(thrown instanceof Error)) return { kind: 'other', message: 'unknown' };
  const code = 'errcode' in thrown && typeof thrown.errcode === 'number' ? thrown.errcode : undefined;
  if (code === undefined) return { kind: 'other', message: thrown.message };
  if (uniqueCodes.has(code)) return { kind: 'unique', message: thrown.message };
  return { kind: unavailableCodes.has(code & 0xff) ? 'unavailable' : 'other', message: thrown.message };
}
