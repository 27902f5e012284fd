import { AppError } from '@countersign/api';
import type { Limits } from '@countersign/core';
import { type Revocation, type Revoked, revokeBranches } from '../delegations/index.ts';
import type { Platform } from '../platform/platform.ts';
import { RecentMap } from '../platform/recent-map.ts';
import type { Store, Transaction } from '../plugins/database/database.ts';
import { firstRecord } from '../plugins/database/first-record.ts';
import type { Stops } from '../signals/index.ts';
import type { UpstreamDirectory } from '../upstreams/index.ts';
import type { Cascades } from './cascades/index.ts';
import { type ClosedTask, closeTasks, listMadeIn } from './close-tasks.ts';
import { applyAmendment, noteDeniedAmendment, type SignedAmendment } from './grants/index.ts';
import { learnOpening } from './learn-opening.ts';
import type { Charge, HeldTask, LeasedTask, TaskClosing, TaskLeases } from './leased-task.ts';
import { refuseElsewhere } from './leases/line-leases.ts';
import { rootOf, SharedTasks, type TaskSharing } from './leases/shared-tasks.ts';
import { createLiveDelegations, createLiveParents } from './live-lines.ts';
import { type LiveDelegation, type LiveParent, LiveTask } from './live-task.ts';
import { loadTaskLine } from './load-task-line.ts';
import { readEnds } from './read-ends.ts';
import type { SharedLines } from './shared-lines.ts';
import { BudgetSlices } from './slices/budget-slices.ts';

export interface TaskLeaseParts {
  readonly store: Pick<Store, 'sql'>;
  readonly platform: Pick<Platform, 'now' | 'newId' | 'randomBytes'>;
  readonly stops: Pick<Stops, 'cut' | 'hasInFlight'>;
  /** Tasks kept in memory; more only while calls of all of them are in flight. */
  readonly capacity?: number;
  /** With other gateways, which may want the same tasks; absent where there are none. */
  readonly sharing?: TaskSharing;
}

export function createTaskLeases(parts: TaskLeaseParts): TaskLeases {
  return new HeldTasks(parts);
}

interface Held {
  readonly task: LiveTask;
  /** Lets go of what the task stands on. */
  release(): void;
}

class HeldTasks implements TaskLeases {
  readonly #parts: TaskLeaseParts;
  readonly #delegations: SharedLines<LiveDelegation>;
  readonly #parents: SharedLines<LiveParent>;
  readonly #held: RecentMap<Held>;
  readonly #loads = new Map<string, Promise<LeasedTask>>();
  /** Ends that happened while the task was being read: the row that was read may not know them. */
  readonly #endedInLoad = new Map<string, number>();
  readonly #listeners = new Set<(taskId: string) => void>();
  readonly #shared: SharedTasks | undefined;
  readonly #slices: BudgetSlices | undefined;

  constructor(parts: TaskLeaseParts) {
    this.#parts = parts;
    // What a call in flight has taken from the budgets may not be durable yet, so its task stays.
    this.#held = new RecentMap(parts.capacity ?? 20_000, (taskId) => !parts.stops.hasInFlight(taskId));
    this.#slices = parts.sharing && new BudgetSlices(parts.sharing);
    this.#delegations = createLiveDelegations(parts.store, this.#slices);
    this.#parents = this.#createParents();
    this.#shared =
      parts.sharing &&
      new SharedTasks({
        ...parts.sharing,
        capacity: parts.capacity ?? 20_000,
        forget: (taskIds) => {
          for (const taskId of taskIds) this.#held.delete(taskId)?.release();
        },
      });
  }

  get size(): number {
    return this.#held.size;
  }

  async lease(taskId: string): Promise<LeasedTask> {
    if (this.#shared === undefined) return this.#leaseHere(taskId);
    const { task, release } = await this.hold(taskId);
    release();
    return task;
  }

  async hold(taskId: string): Promise<HeldTask> {
    const shared = this.#shared;
    if (shared === undefined) return { task: await this.#leaseHere(taskId), ...unshared };
    const root = await this.#findOpenRoot(taskId);
    if (root === null) return { task: await this.look(taskId), ...unshared };
    const hold = await shared.enter(root);
    try {
      return { task: await this.#leaseHere(taskId), ...hold };
    } catch (thrown) {
      hold.release();
      throw thrown;
    }
  }

  async look(taskId: string): Promise<LeasedTask> {
    if (this.#shared === undefined) return this.#leaseHere(taskId);
    const held = this.#held.get(taskId)?.task;
    if (held !== undefined && this.#shared.isHere(held)) return held;
    // Apart from all that is held: it may be from before what another gateway is about to write.
    const { task, release } = await this.#build(taskId, this.#createParents());
    release();
    return task;
  }

  requireHere(task: LeasedTask): void {
    if (this.#shared?.isHere(task as LiveTask) === false) throw refuseElsewhere();
  }

  prepare(task: LeasedTask, charge: Charge): Promise<boolean> | undefined {
    return this.#slices?.prepare((task as LiveTask).counters, charge);
  }

  giveBack(delegationId: string): void {
    this.#slices?.give(delegationId);
  }

  handOver(root: string): void {
    this.#shared?.want(root);
  }

  watchWith(cascades: Pick<Cascades, 'adopt' | 'carry' | 'isPaused'>): void {
    this.#shared?.watchWith(cascades);
  }

  refuse(refusal: AppError): void {
    this.#shared?.refuse(refusal);
  }

  leave(): void {
    this.#shared?.close();
  }

  #leaseHere(taskId: string): Promise<LeasedTask> {
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

  /** The first task of its line; null where that has ended, and nobody needs to have it to themselves. */
  async #findOpenRoot(taskId: string): Promise<string | null> {
    const held = this.#held.get(taskId)?.task;
    if (held !== undefined) return rootOf(held);
    const [first] = await loadTaskLine(this.#parts.store.sql, taskId);
    return first === undefined || first.ended_at !== null ? null : first.id;
  }

  forget(taskId: string): void {
    if (!this.#parts.stops.hasInFlight(taskId)) this.#held.delete(taskId)?.release();
  }

  async close(tx: Transaction, closing: TaskClosing): Promise<readonly string[]> {
    const closed = await closeTasks(tx, this.#parts.platform, closing);
    if (closed.length === 0) return [];
    tx.afterCommit(() => {
      for (const task of closed) this.#publishEnd(task);
    });
    const below = await this.#closeBelow(tx, closed, closing.by);
    return [...closed.map((task) => task.id), ...below];
  }

  revoke(tx: Transaction, revocation: Revocation): Promise<Revoked> {
    return revokeBranches({ platform: this.#parts.platform, tasks: this }, tx, revocation);
  }

  /** What was passed on in these tasks, and what works for them. Comes to an end: what has ended is not found again. */
  async #closeBelow(tx: Transaction, closed: readonly ClosedTask[], by: string): Promise<readonly string[]> {
    const records = new Map(closed.map((task) => [task.id, task.recordId]));
    const causesOf = (taskId: string | null): readonly string[] =>
      [records.get(taskId ?? '')].filter((id) => id !== undefined);
    const revoked = await revokeBranches({ platform: this.#parts.platform, tasks: this }, tx, {
      roots: await listMadeIn(tx, [...records.keys()]),
      by,
      causes: (root) => causesOf(root.task_id),
    });
    const ended = await this.close(tx, {
      under: { parents: [...records.keys()] },
      reason: 'parent_ended',
      by,
      causes: ({ parentId }) => causesOf(parentId),
    });
    return [...revoked.tasks, ...ended];
  }

  amend(
    tx: Transaction,
    task: LeasedTask,
    signed: SignedAmendment,
    upstreams: UpstreamDirectory,
  ): Promise<void> {
    this.requireHere(task);
    return applyAmendment({ platform: this.#parts.platform, upstreams }, tx, task, signed);
  }

  noteRefusedAmendment: TaskLeases['noteRefusedAmendment'] = async (tx, task, refused) => {
    this.requireHere(task);
    await noteDeniedAmendment(tx, task, refused);
  };

  onEnded(listener: (taskId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async refresh(taskIds?: readonly string[]): Promise<void> {
    const open = [...this.#held.values()].map(({ task }) => task).filter(({ endedAt }) => endedAt === null);
    const known = new Set([...open.map(({ id }) => id), ...this.#loads.keys()]);
    const asked = taskIds?.filter((id) => known.has(id)) ?? [...known];
    const ended = await readEnds(this.#parts.store, asked);
    for (const end of ended) if (this.#held.get(end.id)?.task.endedAt == null) this.#publishEnd(end);
    const over = new Set(ended.map(({ id }) => id));
    if (taskIds === undefined) await this.#shared?.bringUpAll();
    else
      for (const id of asked) {
        const going = over.has(id) ? undefined : this.#held.get(id)?.task;
        if (going === undefined) continue;
        if (this.#shared !== undefined) await this.#shared.bringUp(going);
        else this.forget(id);
      }
  }

  #publishEnd(closed: Pick<ClosedTask, 'id' | 'at'>): void {
    const held = this.#held.get(closed.id);
    if (held !== undefined) held.task.endedAt = closed.at;
    if (this.#loads.has(closed.id)) this.#endedInLoad.set(closed.id, closed.at);
    this.#parts.stops.cut('task', closed.id, new AppError('task.not_open'));
    for (const listener of this.#listeners) listener(closed.id);
    this.#shared?.end(closed.id);
  }

  async #load(taskId: string): Promise<LeasedTask> {
    const built = await this.#build(taskId, this.#parents);
    for (const dropped of this.#held.add(taskId, built)) {
      dropped.release();
      this.#shared?.remove(dropped.task);
    }
    this.#shared?.add(built.task);
    return built.task;
  }

  #createParents(): SharedLines<LiveParent> {
    const { store, platform } = this.#parts;
    return createLiveParents(store, (length) => platform.randomBytes(length));
  }

  async #build(taskId: string, parents: SharedLines<LiveParent>): Promise<Held> {
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
    const chain = await this.#delegations.hold(row.delegation_id);
    const line = await parents.hold(taskId).catch((thrown: unknown) => {
      chain.release();
      throw thrown;
    });
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
    const task = new LiveTask(facts, endedAt, { line: line.entries, chain: chain.entries });
    const { stored } = task.history.plan;
    learnOpening(task.history.values, task, stored !== null && stored.confirmedBy !== null);
    const release = (): void => {
      chain.release();
      line.release();
    };
    return { task, release };
  }
}

/** Alone, or of what has ended, there is nothing to let go of. */
const unshared = { release: () => {}, yieldWith: () => {} };
