import type { Agent, Task, TaskInput } from '@countersign/sdk';

const earlyMilliseconds = 30_000;

/** The task of one bridge: open while it runs, opened anew only after it ran out by itself, ended with the bridge. */
export class BridgeTask {
  readonly #agent: Agent;
  readonly #input: TaskInput;
  readonly #now: () => number;
  readonly #onOpened: (task: Task) => void;
  #task: Promise<Task> | undefined;

  constructor(options: {
    agent: Agent;
    input: TaskInput;
    now: () => number;
    onOpened: (task: Task) => void;
  }) {
    this.#agent = options.agent;
    this.#input = options.input;
    this.#now = options.now;
    this.#onOpened = options.onOpened;
  }

  /**
   * Throws `CountersignError`. A task that a person has ended stays the one there is: opening another would go round
   * them.
   */
  async current(): Promise<Task> {
    const task = await (this.#task ?? this.#open());
    if (this.#now() < task.facts.expiresAt - earlyMilliseconds) return task;
    return this.#open();
  }

  async end(): Promise<void> {
    const task = await this.#task?.catch(() => undefined);
    this.#task = undefined;
    await task?.end();
  }

  #open(): Promise<Task> {
    const opening = this.#agent.openTask(this.#input);
    this.#task = opening;
    opening.then(this.#onOpened, () => {
      if (this.#task === opening) this.#task = undefined;
    });
    return opening;
  }
}
