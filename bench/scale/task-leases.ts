import { local } from './assumptions.ts';
import type { Gateway } from './gateway.ts';
import type { Costs } from './measured-costs.ts';
import type { Primary } from './primary.ts';
import type { Referee } from './referee.ts';
import type { Timeline } from './timeline.ts';

/** A task as one gateway holds it: what it has left is a copy, good only while nobody else has one. */
interface Held {
  nextUnit: number;
  inFlight: number;
  /** Takes the task as soon as its last call here has ended. */
  successor?: (nextUnit: number) => void;
}

/** Happens once that gateway holds the task. */
export type Enter = (gateway: number) => void;

interface Task {
  holder: number;
  /** Calls that go to the gateway that is about to hold it. */
  waiting: Enter[] | undefined;
  /** What the database knows of its budget. */
  durableUnit: number;
}

/** When a gateway may take a task that another one holds. */
export type HandOver = 'after the last call' | 'at once';

export interface TaskLeaseParts {
  readonly timeline: Timeline;
  readonly costs: Costs;
  readonly primary: Primary;
  readonly gateways: readonly Gateway[];
  readonly referee: Referee;
  readonly unitsOfTask: number;
  readonly handOver: HandOver;
}

/** Which gateway holds which task of a cell: one at a time, and what the task may still spend goes with it. */
export class TaskLeases {
  readonly #parts: TaskLeaseParts;
  readonly #tasks: Task[];
  readonly #held: Map<number, Held>[];
  handOvers = 0;

  constructor(parts: TaskLeaseParts, tasks: number) {
    this.#parts = parts;
    this.#held = parts.gateways.map(() => new Map<number, Held>());
    this.#tasks = Array.from({ length: tasks }, (_, task) => {
      const holder = task % parts.gateways.length;
      this.#held[holder]?.set(task, { nextUnit: 0, inFlight: 0 });
      return { holder, waiting: undefined, durableUnit: 0 };
    });
  }

  holderOf(task: number): number {
    return this.#tasks[task]?.holder ?? 0;
  }

  /** A call that came to this gateway; where another one is about to hold the task it goes there. */
  enter(task: number, gateway: number, enter: Enter): void {
    const record = this.#tasks[task];
    if (record === undefined) return;
    if (record.waiting !== undefined) record.waiting.push(enter);
    else if (record.holder === gateway) this.#begin(task, gateway, enter);
    else this.#take(task, record, gateway, enter);
  }

  /** One unit of the task, by the copy that this gateway has. */
  spend(task: number, gateway: number): void {
    const held = this.#held[gateway]?.get(task);
    if (held === undefined) throw new Error(`gateway ${gateway} decides about a task that it does not hold`);
    this.#parts.referee.spend(`task ${task}`, held.nextUnit, this.#parts.unitsOfTask);
    held.nextUnit += 1;
  }

  leave(task: number, gateway: number): void {
    const held = this.#held[gateway]?.get(task);
    const record = this.#tasks[task];
    if (held === undefined || record === undefined) return;
    held.inFlight -= 1;
    record.durableUnit = Math.max(record.durableUnit, held.nextUnit);
    if (held.inFlight === 0) held.successor?.(held.nextUnit);
  }

  #begin(task: number, gateway: number, enter: Enter): void {
    const held = this.#held[gateway]?.get(task);
    if (held !== undefined) held.inFlight += 1;
    enter(gateway);
  }

  #take(task: number, record: Task, gateway: number, enter: Enter): void {
    const { timeline, primary, gateways, costs, handOver } = this.#parts;
    const before = this.#held[record.holder];
    const old = before?.get(task);
    this.handOvers += 1;
    record.waiting = [enter];
    const receive = (nextUnit: number): void => {
      if (handOver === 'after the last call') before?.delete(task);
      const read = (): void => {
        const waiting = record.waiting ?? [];
        this.#held[gateway]?.set(task, { nextUnit, inFlight: 0 });
        record.holder = gateway;
        record.waiting = undefined;
        for (const next of waiting) this.enter(task, gateway, next);
      };
      primary.commit(1, () => gateways[gateway]?.work(costs.firstCallMs, read));
    };
    timeline.after(local.roundTripMs, () => {
      if (handOver === 'at once' || old === undefined) receive(record.durableUnit);
      else if (old.inFlight === 0) receive(old.nextUnit);
      else old.successor = receive;
    });
  }
}
