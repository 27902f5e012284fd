import { randomUUID } from 'node:crypto';
import type { JsonObject } from './everything-tool.ts';

export type TaskOutcome =
  | { readonly result: JsonObject }
  | { readonly error: { code: number; message: string } };
/** What a running task may do: wait for all of its questions, and notice its cancellation. */
export interface TaskRun {
  readonly signal: AbortSignal;
  ask(questions: { readonly [key: string]: JsonObject }): Promise<{ readonly [key: string]: unknown }>;
}

interface BoardTask {
  readonly taskId: string;
  readonly createdAt: string;
  lastUpdatedAt: string;
  status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';
  readonly abort: AbortController;
  readonly questions: Map<string, JsonObject>;
  readonly answers: { [key: string]: unknown };
  answered: () => void;
  outcome?: TaskOutcome;
}

const TTL_MILLISECONDS = 600_000;
const POLL_MILLISECONDS = 100;

/** Tasks of the extension `io.modelcontextprotocol/tasks` (SEP-2663), in memory. */
export class TaskBoard {
  readonly #tasks = new Map<string, BoardTask>();

  /** Starts `work`; the task can be read before this returns. */
  create(work: (run: TaskRun) => Promise<TaskOutcome>): JsonObject {
    const at = new Date().toISOString();
    const task: BoardTask = {
      taskId: randomUUID(),
      createdAt: at,
      lastUpdatedAt: at,
      status: 'working',
      abort: new AbortController(),
      questions: new Map(),
      answers: {},
      answered: () => {},
    };
    this.#tasks.set(task.taskId, task);
    const ask: TaskRun['ask'] = (questions) =>
      new Promise((resolve) => {
        for (const [key, question] of Object.entries(questions)) task.questions.set(key, question);
        this.#move(task, 'input_required');
        task.answered = () => resolve(task.answers);
      });
    work({ signal: task.abort.signal, ask }).then(
      (outcome) => this.#settle(task, outcome),
      (error: unknown) => this.#settle(task, { error: { code: -32_603, message: String(error) } }),
    );
    return { resultType: 'task', ...describe(task) };
  }

  find(taskId: string): JsonObject | undefined {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return undefined;
    const asked = task.status === 'input_required' && { inputRequests: Object.fromEntries(task.questions) };
    return { ...describe(task), ...asked, ...task.outcome };
  }

  /** Keys that were never asked, or are answered already, are ignored. */
  answer(taskId: string, answers: { readonly [key: string]: unknown }): boolean {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return false;
    for (const [key, value] of Object.entries(answers)) {
      if (task.questions.delete(key)) task.answers[key] = value;
    }
    if (task.status === 'input_required' && task.questions.size === 0) {
      this.#move(task, 'working');
      task.answered();
    }
    return true;
  }

  cancel(taskId: string): boolean {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return false;
    if (task.outcome === undefined && task.status !== 'cancelled') {
      this.#move(task, 'cancelled');
      task.abort.abort();
    }
    return true;
  }

  close(): void {
    for (const { taskId } of this.#tasks.values()) this.cancel(taskId);
  }

  #settle(task: BoardTask, outcome: TaskOutcome): void {
    if (task.status === 'cancelled') return;
    task.outcome = outcome;
    this.#move(task, 'error' in outcome ? 'failed' : 'completed');
  }

  #move(task: BoardTask, status: BoardTask['status']): void {
    task.status = status;
    task.lastUpdatedAt = new Date().toISOString();
  }
}

function describe(task: BoardTask): JsonObject {
  const { taskId, status, createdAt, lastUpdatedAt } = task;
  return {
    taskId,
    status,
    createdAt,
    lastUpdatedAt,
    ttlMs: TTL_MILLISECONDS,
    pollIntervalMs: POLL_MILLISECONDS,
  };
}
