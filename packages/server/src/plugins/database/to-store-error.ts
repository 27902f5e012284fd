import { AppError } from '@countersign/api';
import { CommitInDoubt, UniqueViolation } from './database.ts';
import type { Failure } from './messages.ts';

/** The error that callers on the main thread see. */
export function toStoreError(failure: Failure): Error {
  const cause = new Error(failure.message);
  switch (failure.kind) {
    case 'unavailable':
      return new AppError('ledger.unavailable', { cause });
    case 'in-doubt':
      return new CommitInDoubt(cause);
    case 'unique':
      return new UniqueViolation(failure.message);
    case 'refused':
      return new AppError(failure.code, { detail: failure.message });
    case 'other':
      return cause;
  }
}
