import type { ChainLink, Limits } from '@countersign/core';
import type { AppendEffect } from '../plugins/database/database.ts';

export interface Spending {
  readonly calls: number;
  readonly spendMinor: number;
}

/** A task held in this gateway's memory: the unit of history and budget. */
export interface LeasedTask {
  readonly id: string;
  readonly agentId: string;
  readonly delegationId: string;
  /** From the root person's link to the acting agent's. */
  readonly chain: readonly ChainLink[];
  readonly chainIds: readonly string[];
  /** Effective over the chain and the task. */
  readonly limits: Limits;
  readonly ownerId: string;
  readonly rootPersonId: string;
  readonly purpose: string;
  readonly prompt: string | null;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
  /** Used so far by this task. */
  readonly usage: Spending;
  /**
   * Takes from the task's and every delegation's budget at once or not at all. Throws `task.budget_spent`.
   * The effects go into the same durable write as the decision that spends them.
   */
  reserve(spending: Spending): readonly AppendEffect[];
  /** Gives back what `reserve` took when nothing was decided durably. */
  giveBack(spending: Spending): void;
}

export interface TaskLeases {
  /** Throws `task.not_found`. Does not check that the task is still open: the path does. */
  lease(taskId: string): Promise<LeasedTask>;
  forget(taskId: string): void;
}
