import { AppError } from '@countersign/api';
import { UniqueViolation } from '../database.ts';
import type { Failure } from './messages.ts';

/** A refusal that a worker thread already understands, on its way to the main thread. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  readonly kind: Failure['kind'];

  constructor(kind: Failure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

// SQLite's primary result codes for a disk that is full, failing, read-only, unreadable or damaged, or a lock not given.
const unavailableCodes = new Set([5, 8, 10, 11, 13, 14, 26]);
const uniqueCodes = new Set([1555, 2067]);

/** What went wrong in a worker, as a message. SQLite's texts name tables and columns, never values. */
export function describeFailure(thrown: unknown): Failure {
  if (thrown instanceof StoreFailure) return { kind: thrown.kind, message: thrown.message };
  if (!(thrown instanceof Error)) return { kind: 'other', message: 'unknown' };
  const code = 'errcode' in thrown && typeof thrown.errcode === 'number' ? thrown.errcode : undefined;
  if (code === undefined) return { kind: 'other', message: thrown.message };
  if (uniqueCodes.has(code)) return { kind: 'unique', message: thrown.message };
  return { kind: unavailableCodes.has(code & 0xff) ? 'unavailable' : 'other', message: thrown.message };
}

/** The error that callers on the main thread see. */
export function toStoreError({ kind, message }: Failure): Error {
  const cause = new Error(message);
  switch (kind) {
    case 'unavailable':
      return new AppError('ledger.unavailable', { cause });
    case 'unique':
      return new UniqueViolation(message);
    case 'in-use':
      return new AppError('server.data_folder_in_use', { cause });
    case 'newer':
      return new AppError('server.data_folder_newer', { detail: message });
    case 'tampered':
      return new AppError('ledger.tampered', { detail: message });
    case 'other':
      return cause;
  }
}
