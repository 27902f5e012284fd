import type { AppError } from '@countersign/api';
import type { ChainLink, Limits, TaskEnding } from '@countersign/core';
import type { Revocation, Revoked } from '../delegations/index.ts';
import type { Transaction, UsageEffect } from '../plugins/database/database.ts';
import type { UpstreamDirectory } from '../upstreams/index.ts';
import type { Cascades } from './cascades/index.ts';
import type { SignedAmendment } from './grants/index.ts';
import type { LineHold } from './leases/line.ts';
import type { ModelTrail } from './model-trail.ts';
import type { TaskHistory } from './task-history.ts';

export interface Spending {
  readonly calls: number;
  readonly spendMinor: number;
  /** Rows of results and bytes of answers; those of calls under way are set aside in full. */
  readonly rows: number;
  readonly bytes: number;
}

/** What one call takes; rows and bytes are the most that its result may have. */
export type Charge = Pick<Spending, 'calls' | 'spendMinor'> & Partial<Spending>;

/** A link of the chain under a live task. */
export interface HeldLink extends ChainLink {
  readonly purpose: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** A task held in this gateway's memory: the unit of history and budget. */
export interface LeasedTask {
  readonly id: string;
  readonly agentId: string;
  readonly delegationId: string;
  /** From the root person's link to the acting agent's. */
  readonly chain: readonly HeldLink[];
  readonly chainIds: readonly string[];
  /** The tasks it works for, the first one first: they pay for its calls too, and it ends with them. */
  readonly parentIds: readonly string[];
  /** Effective over the chain, the tasks it works for, and itself. */
  readonly limits: Limits;
  readonly ownerId: string;
  readonly rootPersonId: string;
  readonly purpose: string;
  readonly prompt: string | null;
  readonly openedAt: number;
  /** The `task.opened` record: what is done in the task follows from it. */
  readonly openedRecord: string | null;
  readonly expiresAt: number;
  /** Changes while the task is held: read it when it matters, do not keep it. */
  readonly endedAt: number | null;
  /** Used so far by this task. */
  readonly usage: Spending;
  /** What has been done in it so far. */
  readonly history: TaskHistory;
  /** What it has said to models, and they to it. */
  readonly models: ModelTrail;
  /**
   * Takes from the budgets of the task, of those it works for and of every delegation at once, or from none. Throws `task.budget_spent`.
   * The effects go into the same durable write as the decision that spends them.
   */
  reserve(charge: Charge): readonly UsageEffect[];
  /** Gives back of what `reserve` took, and returns what makes that durable; without it, nothing was decided durably. */
  giveBack(charge: Charge): readonly UsageEffect[];
  /** The least that is left of it anywhere in the chain; infinite when nothing there limits it. */
  remaining(unit: 'rows' | 'bytes'): number;
}

/**
 * Which tasks end, and with them those that work for them. `agent`: its own, and those that stand on what it passed on.
 * `owner`: those of the person's agents in that sense, and those under the person's delegations.
 */
export type TaskScope =
  | { readonly task: string }
  | { readonly parents: readonly string[] }
  | { readonly agent: string }
  | { readonly owner: string }
  | { readonly delegations: readonly string[] }
  /** Those that expire at or before this time, at most 500 of them. */
  | { readonly dueAt: number };

/** What a task that ends stood on. */
export interface ClosingTask {
  readonly delegationId: string;
  readonly parentId: string | null;
}

export interface TaskClosing {
  readonly under: TaskScope;
  readonly reason: TaskEnding;
  /** As `nameActor` says it. */
  readonly by: string;
  /** Records this follows from; those of one task where they differ. */
  readonly causes: readonly string[] | ((task: ClosingTask) => readonly string[]);
  /** Words of a person, or the action ids that were cut: more for the record. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A task that stays with this gateway, and all of its line with it, until it is released. */
export interface HeldTask extends LineHold {
  readonly task: LeasedTask;
}

export interface TaskLeases {
  /**
   * The task as this gateway has it to itself, at this moment. Throws `task.not_found`, `task.held_elsewhere` when another
   * gateway has it and is not done. Does not check that the task is still open: the path does.
   */
  lease(taskId: string): Promise<LeasedTask>;
  /** The same, and it stays here until it is released: what decides about it is not to be overtaken by another gateway. */
  hold(taskId: string): Promise<HeldTask>;
  /** As it is stored, where another gateway has it: to be shown, and for what never changes. Nothing of it may be changed. */
  look(taskId: string): Promise<LeasedTask>;
  /** Inside a transaction: that this very object still is the one that counts. Throws `task.held_elsewhere`. */
  requireHere(task: LeasedTask): void;
  /**
   * Sees to it that the charge has room in what this gateway may spend by itself; undefined when it has. Resolves to false when
   * there is no room anywhere. Rejects with `task.held_elsewhere`.
   */
  prepare(task: LeasedTask, charge: Charge): Promise<boolean> | undefined;
  /** Another gateway wants some of a delegation's budget that this one has not used. */
  giveBack(delegationId: string): void;
  /** Another gateway wants to go on with the line of this first task: it gets it once nothing here works with it. */
  handOver(root: string): void;
  /** What goes with a line from one gateway to the next. */
  watchWith(cascades: Pick<Cascades, 'adopt' | 'carry' | 'isPaused'>): void;
  /** Refuses every task from now on: this gateway has lost its seat. */
  refuse(refusal: AppError): void;
  /** Has nothing any more, when no call is under way: whoever ends this gateway frees its seat. */
  leave(): void;
  forget(taskId: string): void;
  /**
   * Ends every open task under the scope, and all that stands on it: tasks that work for it, delegations made in it. All
   * as part of the transaction: each gets its record, and after the commit the tokens are worth nothing and the calls in
   * flight are cut. Returns the task ids.
   */
  close(tx: Transaction, closing: TaskClosing): Promise<readonly string[]>;
  /** Revokes delegations, all below them and their tasks; for nouns that delegations stand on. Returns what ended. */
  revoke(tx: Transaction, revocation: Revocation): Promise<Revoked>;
  /**
   * Puts what people signed into the plan of the task, as part of the transaction, and in force once it is committed. Throws
   * `task.not_open`, `task.plan_changed`, `task.plan_too_large`.
   */
  amend(
    tx: Transaction,
    task: LeasedTask,
    signed: SignedAmendment,
    upstreams: UpstreamDirectory,
  ): Promise<void>;
  /** A refused change of the plan counts against the task as a refused call of the tool does; `at`: epoch milliseconds. */
  noteRefusedAmendment(
    tx: Transaction,
    task: LeasedTask,
    refused: { readonly tool: string; readonly at: number },
  ): Promise<void>;
  /**
   * Ends in memory what the database says another gateway has ended: all that is held, or these. Those of these that go on
   * are forgotten unless a call of theirs is in flight, and read again when they are next asked for.
   */
  refresh(taskIds?: readonly string[]): Promise<void>;
  /** Runs after the commit that ended a task, so that what waits for it can be let go. Returns how to stop that. */
  onEnded(listener: (taskId: string) => void): () => void;
  /** Number of tasks held in memory. */
  readonly size: number;
}
