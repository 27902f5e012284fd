import type { TaskGrant } from '@countersign/core';

/** Of a grant: every task of the line has it in memory. */
export const mostPlanBytes = 256 * 1024;

/** What holds for one entry of a grant alone. */
export interface EntryBounds {
  /** The only task in which it counts; null: in all that work for each other. */
  readonly task: string | null;
  /** Epoch milliseconds; null: as long as the grant. */
  readonly expiresAt: number | null;
}

/** What the tasks of a line may do without a person being asked again. Never changed in place. */
export interface StoredPlan {
  /** Null when people gave all of it, one amendment after the other. */
  readonly prompt: string | null;
  readonly grant: TaskGrant;
  /** By entry id; one that is not in it is bound by nothing. */
  readonly bounds: ReadonlyMap<string, EntryBounds>;
  /** By tool (`<upstream>/<tool>`), the digest of the definition that it was derived for. */
  readonly tools: ReadonlyMap<string, string>;
  /** The person who signed that the prompt is theirs. */
  readonly confirmedBy: string | null;
  /** Counts the changes. */
  readonly version: number;
}
