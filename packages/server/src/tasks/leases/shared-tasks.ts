import type { AppError } from '@countersign/api';
import type { Seat, Store } from '../../plugins/database/database.ts';
import { type Cascades, loadRootPauses } from '../cascades/index.ts';
import { loadPlan } from '../grants/index.ts';
import type { LiveTask } from '../live-task.ts';
import { readCarried, writeCarried } from './carried.ts';
import type { LineHold } from './line.ts';
import { LineLeases } from './line-leases.ts';

export interface TaskSharing {
  readonly store: Pick<Store, 'sql' | 'seat' | 'endSeat' | 'transaction'>;
  ask(subject: string): void;
  settle(seat: Pick<Seat, 'stream' | 'holder'>): Promise<unknown>;
}

export type Watched = Pick<Cascades, 'adopt' | 'carry' | 'isPaused'>;
const atOnce = 500;

export interface SharedTasksParts extends TaskSharing {
  readonly capacity: number;
  /** Forgets these tasks, in the same turn. */
  forget(taskIds: readonly string[]): void;
}

export const rootOf = (task: Pick<LiveTask, 'id' | 'parentIds'>): string => task.parentIds[0] ?? task.id;

/** The tasks in memory, by the line in which this gateway has them to itself, and what goes with a line from one to the next. */
export class SharedTasks {
  readonly #parts: SharedTasksParts;
  readonly #lines: LineLeases;
  readonly #tasks = new Map<string, Map<string, LiveTask>>();
  readonly #answered = new Map<string, readonly string[]>();
  #watched: Watched | undefined;

  constructor(parts: SharedTasksParts) {
    this.#parts = parts;
    this.#lines = new LineLeases({
      ...parts,
      carry: (root) => this.#carry(root),
      drop: (root) => {
        const dropped = [...(this.#tasks.get(root)?.keys() ?? [])];
        this.#tasks.delete(root);
        this.#answered.delete(root);
        parts.forget(dropped);
      },
      adopt: (root, carried) => this.#adopt(root, carried),
    });
  }

  watchWith(watched: Watched): void {
    this.#watched = watched;
  }

  async enter(root: string): Promise<LineHold> {
    return this.#lines.tryEnter(root) ?? this.#lines.enter(root);
  }

  /** This very object is the one that counts. */
  isHere(task: Pick<LiveTask, 'id' | 'parentIds'>): boolean {
    const root = rootOf(task);
    return this.#lines.has(root) && this.#tasks.get(root)?.get(task.id) === task;
  }

  add(task: LiveTask): void {
    const root = rootOf(task);
    const tasks = this.#tasks.get(root) ?? new Map<string, LiveTask>();
    this.#tasks.set(root, tasks.set(task.id, task));
    if (this.#answered.get(root)?.includes(task.id) === true) task.models.noteAnswer();
    // Its end was told before it was here.
    if (task.id === root && task.endedAt !== null) this.#lines.end(root);
  }

  remove(task: LiveTask): void {
    this.#tasks.get(rootOf(task))?.delete(task.id);
  }

  end(root: string): void {
    this.#lines.end(root);
  }

  want(root: string): void {
    this.#lines.want(root);
  }

  /** What people have changed of a line that goes on here: its plan, and whether it is held up. */
  async bringUp(task: LiveTask): Promise<void> {
    const root = rootOf(task);
    if (!this.isHere(task)) return;
    const { sql } = this.#parts.store;
    const [plan] = await Promise.all([
      loadPlan(sql, root),
      this.#watched?.adopt(root, () => loadRootPauses(sql, root)),
    ]);
    if (!this.isHere(task)) return;
    const known = task.history.plan.stored;
    if (plan !== null && plan.version > (known?.version ?? -1)) task.history.plan.put(plan);
  }

  /** The same of all that are here: a look at what concerns many, and at each that it concerns. */
  async bringUpAll(): Promise<void> {
    const first = new Map(
      [...this.#tasks].flatMap(([root, tasks]) => [...tasks.values()].slice(0, 1).map((one) => [root, one])),
    );
    const roots = [...first.keys()];
    for (let from = 0; from < roots.length; from += atOnce) {
      const some = roots.slice(from, from + atOnce);
      const stale = await this.#findStale(
        some,
        (root) => first.get(root)?.history.plan.stored?.version ?? -1,
      );
      for (const root of stale) {
        const task = first.get(root);
        if (task !== undefined) await this.bringUp(task);
      }
    }
  }

  async #findStale(
    roots: readonly string[],
    versionOf: (root: string) => number,
  ): Promise<readonly string[]> {
    const { sql } = this.#parts.store;
    const plans = await sql
      .selectFrom('task_grants')
      .select(['task_id', 'version'])
      .where('task_id', 'in', roots)
      .execute();
    const paused = await sql
      .selectFrom('task_pauses')
      .select('root_task_id')
      .where('root_task_id', 'in', roots)
      .where('resumed_at', 'is', null)
      .execute();
    const newer = plans.filter(({ task_id, version }) => version > versionOf(task_id));
    const held = roots.filter((root) => this.#watched?.isPaused(root) === true);
    return [
      ...new Set([...newer.map((row) => row.task_id), ...paused.map((row) => row.root_task_id), ...held]),
    ];
  }

  refuse(refusal: AppError): void {
    this.#lines.refuse(refusal);
  }

  close(): void {
    this.#lines.close();
  }

  #carry(root: string): string | null {
    const tasks = [...(this.#tasks.get(root)?.values() ?? [])];
    const now = tasks.filter(({ models }) => models.hasAnswered).map(({ id }) => id);
    const answered = [...new Set([...now, ...(this.#answered.get(root) ?? [])])];
    return writeCarried({ answered, refused: this.#watched?.carry(root) ?? [0, {}] });
  }

  async #adopt(root: string, text: string | null): Promise<void> {
    const carried = readCarried(text);
    if (carried.answered.length > 0) this.#answered.set(root, carried.answered);
    const { sql } = this.#parts.store;
    await this.#watched?.adopt(root, () => loadRootPauses(sql, root), carried.refused);
  }
}
