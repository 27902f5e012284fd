import { AppError } from '@countersign/api';
import type { Limits } from '@countersign/core';
import type { Platform } from '../platform/platform.ts';
import { RecentMap } from '../platform/recent-map.ts';
import type { Store, Transaction } from '../plugins/database/database.ts';
import { firstRecord } from '../plugins/database/first-record.ts';
import type { Stops } from '../signals/index.ts';
import { type ClosedTask, closeTasks } from './close-tasks.ts';
import type { LeasedTask, TaskClosing, TaskLeases } from './leased-task.ts';
import { type HeldChain, LiveDelegations } from './live-delegations.ts';
import { LiveTask } from './live-task.ts';
import { readUsage } from './read-usage.ts';

export interface TaskLeaseParts {
  readonly store: Pick<Store, 'sql'>;
  readonly platform: Pick<Platform, 'now' | 'newId'>;
  readonly stops: Pick<Stops, 'cut' | 'hasInFlight'>;
  /** Tasks kept in memory; more only while calls of all of them are in flight. */
  readonly capacity?: number;
}

export function createTaskLeases(parts: TaskLeaseParts): TaskLeases {
  return new HeldTasks(parts);
}

interface Held {
  readonly task: LiveTask;
  readonly chain: HeldChain;
}

class HeldTasks implements TaskLeases {
  readonly #parts: TaskLeaseParts;
  readonly #delegations: LiveDelegations;
  readonly #held: RecentMap<Held>;
  readonly #loads = new Map<string, Promise<LeasedTask>>();
  /** Ends that happened while the task was being read: the row that was read may not know them. */
  readonly #endedInLoad = new Map<string, number>();
  readonly #listeners = new Set<(taskId: string) => void>();

  constructor(parts: TaskLeaseParts) {
    this.#parts = parts;
    // What a call in flight has taken from the budgets may not be durable yet, so its task stays.
    this.#held = new RecentMap(parts.capacity ?? 20_000, (taskId) => !parts.stops.hasInFlight(taskId));
    this.#delegations = new LiveDelegations(parts.store);
  }

  get size(): number {
    return this.#held.size;
  }

  lease(taskId: string): Promise<LeasedTask> {
    const held = this.#held.get(taskId);
    if (held !== undefined) return Promise.resolve(held.task);
    const loading = this.#loads.get(taskId);
    if (loading !== undefined) return loading;
    const load = this.#load(taskId).finally(() => {
      this.#loads.delete(taskId);
      this.#endedInLoad.delete(taskId);
    });
    this.#loads.set(taskId, load);
    return load;
  }

  forget(taskId: string): void {
    if (!this.#parts.stops.hasInFlight(taskId)) this.#held.delete(taskId)?.chain.release();
  }

  async close(tx: Transaction, closing: TaskClosing): Promise<readonly string[]> {
    const closed = await closeTasks(tx, this.#parts.platform, closing);
    tx.afterCommit(() => {
      for (const task of closed) this.#publishEnd(task);
    });
    return closed.map((task) => task.id);
  }

  onEnded(listener: (taskId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #publishEnd(closed: ClosedTask): void {
    const held = this.#held.get(closed.id);
    if (held !== undefined) held.task.endedAt = closed.at;
    if (this.#loads.has(closed.id)) this.#endedInLoad.set(closed.id, closed.at);
    this.#parts.stops.cut('task', closed.id, new AppError('task.not_open'));
    for (const listener of this.#listeners) listener(closed.id);
  }

  async #load(taskId: string): Promise<LeasedTask> {
    const { sql } = this.#parts.store;
    const row = await sql
      .selectFrom('tasks')
      .innerJoin('agents', 'agents.id', 'tasks.agent_id')
      .innerJoin('delegations', 'delegations.id', 'tasks.delegation_id')
      .selectAll('tasks')
      .select(['agents.owner_id', 'delegations.root_person_id'])
      .select(firstRecord('tasks.id', 'task.opened').as('opened_record'))
      .where('tasks.id', '=', taskId)
      .executeTakeFirst();
    if (row === undefined) throw new AppError('task.not_found');
    const chain = await this.#delegations.holdChain(row.delegation_id);
    try {
      const used = await readUsage(sql, taskId);
      const facts = {
        id: row.id,
        agentId: row.agent_id,
        delegationId: row.delegation_id,
        limits: JSON.parse(row.limits) as Limits,
        ownerId: row.owner_id,
        rootPersonId: row.root_person_id,
        purpose: row.purpose,
        prompt: row.prompt,
        openedAt: row.opened_at,
        openedRecord: row.opened_record,
        expiresAt: row.expires_at,
      };
      const endedAt = this.#endedInLoad.get(taskId) ?? row.ended_at;
      const task = new LiveTask(facts, endedAt, used, chain.delegations);
      for (const dropped of this.#held.add(taskId, { task, chain })) dropped.chain.release();
      return task;
    } catch (thrown) {
      chain.release();
      throw thrown;
    }
  }
}
