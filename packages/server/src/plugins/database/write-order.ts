import type { FactEffect } from './database.ts';

/** The order of a fact as its row keeps it. */
export interface StoredOrder {
  /** -1 leaves it as it is; 0 says that it is not known any more. */
  readonly last: number;
  readonly lastAt: number;
  readonly completed: number;
  readonly completedAt: number;
}

export function writeOrder({ order }: FactEffect): StoredOrder {
  if (order === undefined) return { last: 0, lastAt: 0, completed: 0, completedAt: 0 };
  const { position, at, isCompletion } = order;
  return isCompletion
    ? { last: -1, lastAt: 0, completed: position, completedAt: at }
    : { last: position, lastAt: at, completed: 0, completedAt: 0 };
}
