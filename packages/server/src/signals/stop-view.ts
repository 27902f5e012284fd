import type { Selectable } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { StopScope } from './stops.ts';

/** A stop as people see it. Times are epoch milliseconds. */
export interface StopView {
  readonly id: string;
  readonly scope: StopScope;
  /** An id, an upstream's name, `<upstream>/<tool>`, or `*` for everything. */
  readonly target: string;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  /** Null while it is in force. */
  readonly liftedAt: number | null;
}

export function showStop(row: Selectable<Schema['stops']>): StopView {
  const { id, scope, target, by, reason, at, lifted_at } = row;
  return { id, scope, target, by, reason, at, liftedAt: lifted_at };
}
