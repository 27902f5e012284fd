import { isId } from '@countersign/core';
import type { Context } from '../../context.ts';
import { findRecords } from '../../ledger/index.ts';
import { RecentMap } from '../../platform/recent-map.ts';
import { loadRecordedTask } from '../../tasks/index.ts';
import type { Teller } from '../../tokens/index.ts';
import { findText } from './conventions/find-operation.ts';
import { ours } from './conventions/names.ts';
import type { ToldPiece } from './told-piece.ts';

/** Whose piece it is, and of which task, where that is known. */
export interface Assigned {
  readonly agent: string;
  readonly task: TaskFacts | null;
}

export interface TaskFacts {
  readonly id: string;
  readonly agent: string;
  readonly person: string;
  /** The record of its opening; null when it was erased or is not found. */
  readonly opened: string | null;
}

/** Why a piece is not taken. */
export type Refusal = 'agent_unknown' | 'task_unknown';

const mostKnown = 10_000;
const mostTracesSought = 64;
const candidates = 200;

/** Finds whose the pieces are. Nobody attaches anything to an agent or a task that is not theirs, whatever they name. */
export class Assigner {
  readonly #context: Pick<Context, 'store'>;
  readonly #tasks = new RecentMap<TaskFacts>(mostKnown);
  readonly #ofTraces = new RecentMap<string>(mostKnown);

  constructor(context: Pick<Context, 'store'>) {
    this.#context = context;
  }

  /** For the pieces of one export: what it did not find, it does not look for again. */
  forExport(teller: Teller): (piece: ToldPiece) => Promise<Assigned | Refusal> {
    const sought = new Set<string>();
    return async (piece) => {
      const agent = findAgent(teller, piece);
      if (agent === undefined) return 'agent_unknown';
      const named = findText(piece.attributes, ours.task) ?? findText(piece.resource, ours.task);
      if (teller.taskId !== null && named !== undefined && named !== teller.taskId) return 'task_unknown';
      const taskId = named ?? teller.taskId;
      if (taskId !== null) {
        const task = await this.#findTask(taskId);
        return task?.agent === agent ? { agent, task } : 'task_unknown';
      }
      return { agent, task: await this.#findByTrace(agent, piece.trace, sought) };
    };
  }

  async #findTask(id: string): Promise<TaskFacts | undefined> {
    const known = this.#tasks.get(id);
    if (known !== undefined || !isId('tsk', id)) return known;
    const { store } = this.#context;
    const task = await loadRecordedTask(store.sql, id).catch(() => undefined);
    if (task === undefined) return undefined;
    const { items } = await findRecords(
      this.#context,
      { task: id, kind: 'task.opened', limit: 1 },
      candidates,
    );
    const facts = { id, agent: task.agentId, person: task.rootPersonId, opened: items[0]?.id ?? null };
    this.#tasks.add(id, facts);
    return facts;
  }

  /** The task of a call that this very agent made in the trace; later ones are joined when somebody looks. */
  async #findByTrace(agent: string, trace: string | null, sought: Set<string>): Promise<TaskFacts | null> {
    if (trace === null) return null;
    const key = `${agent} ${trace}`;
    const known = this.#ofTraces.get(key);
    if (known !== undefined) return (await this.#findTask(known)) ?? null;
    if (sought.has(key) || sought.size >= mostTracesSought) return null;
    sought.add(key);
    const search = { trace, agent, kind: 'action.intent', limit: 1 } as const;
    const { items } = await findRecords(this.#context, search, candidates);
    // The index also finds an agent in the chain of another's call.
    const call = items.find((record) => record.agent === agent && record.trace === trace);
    if (call?.task === undefined) return null;
    this.#ofTraces.add(key, call.task);
    const task = await this.#findTask(call.task);
    return task?.agent === agent ? task : null;
  }
}

/** A source for one agent tells of it, one for several must say of which; both are held to those they were made for. */
function findAgent({ agentIds }: Teller, { attributes, resource }: ToldPiece): string | undefined {
  const named = findText(attributes, ours.agent) ?? findText(resource, ours.agent);
  if (named !== undefined) return agentIds.includes(named) ? named : undefined;
  return agentIds.length === 1 ? agentIds[0] : undefined;
}
