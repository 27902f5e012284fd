import { AppError } from '@countersign/api';
import { UniqueViolation } from './database.ts';
import type { Failure } from './messages.ts';

/** A refusal that a worker thread already understands, on its way to the main thread. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** What went wrong in a worker, as a message; each driver knows its engine's codes. Texts never hold values of rows. */
export type DescribeFailure = (thrown: unknown) => Failure;

/** The commit may have happened: whoever waits for it is refused, and what it changes in memory waits until that is known. */
export class CommitInDoubt extends AppError {
  constructor(cause: Error) {
    super('ledger.unavailable', { cause });
  }
}

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
