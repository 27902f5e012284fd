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
