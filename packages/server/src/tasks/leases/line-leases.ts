import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@countersign/api';
import type { Seat, Store } from '../../plugins/database/database.ts';
import { findLeaseHolder, giveLease, takeLease } from './lease-rows.ts';
import { Line, type LineHold } from './line.ts';
import { Suspects } from './suspects.ts';

export interface LineLeaseParts {
  readonly store: Pick<Store, 'sql' | 'seat' | 'endSeat'>;
  readonly capacity: number;
  /** Asks the gateway that has it to hand it over. */
  ask(root: string): void;
  /** Writes what a gateway that is gone has left undone, and gives back what it had. */
  settle(seat: Pick<Seat, 'stream' | 'holder'>): Promise<unknown>;
  /** What is known of the line beyond what is stored; asked before `drop`. */
  carry(root: string): string | null;
  /** Forgets all of the line, in the same turn. */
  drop(root: string): void;
  /** Learns what is stored, and was carried here, before the line is used. */
  adopt(root: string, carried: string | null): Promise<void>;
}

/** A caller waits so long for another gateway to let go; longer only while that one is being proven dead. */
const patienceMs = 2_000;
/** Whatever happens. */
const longestMs = 6_000;
const pollMs = 15;
const askEveryMs = 240;
/** Whoever has not answered by then may be dead. */
const suspectMs = 450;

/**
 * Which first tasks, with all that work for them, this gateway alone may decide about. Whoever works with one holds it; it is
 * handed over when nobody does, and everything that was written of it is durable.
 */
export class LineLeases {
  readonly #parts: LineLeaseParts;
  readonly #lines = new Map<string, Line>();
  readonly #suspects: Suspects;
  #refusal: AppError | undefined;

  constructor(parts: LineLeaseParts) {
    this.#parts = parts;
    this.#suspects = new Suspects(parts);
  }

  get size(): number {
    return this.#lines.size;
  }

  has(root: string): boolean {
    return this.#lines.get(root)?.state === 'held';
  }

  /** Undefined where it is not here, or should go elsewhere soon. Throws once this gateway has ended. */
  tryEnter(root: string): LineHold | undefined {
    if (this.#refusal !== undefined) throw this.#refusal;
    const line = this.#lines.get(root);
    return line?.state === 'held' && line.isOpen ? line.enter() : undefined;
  }

  /** Throws `task.held_elsewhere` when the gateway that has it is not done with it, `server.seat_lost`, `ledger.unavailable`. */
  async enter(root: string): Promise<LineHold> {
    for (;;) {
      const entered = this.tryEnter(root);
      if (entered !== undefined) return entered;
      const known = this.#lines.get(root);
      if (known === undefined) this.#begin(root);
      else if (known.state === 'taking') {
        // Held from now on, so that it cannot go before its turn came.
        const hold = known.enter();
        try {
          await known.moved;
          return hold;
        } catch (thrown) {
          hold.release();
          throw thrown;
        }
      } else await known.moved;
    }
  }

  /** Another gateway wants to go on with it. */
  want(root: string): void {
    const line = this.#lines.get(root);
    if (line === undefined) void this.#giveForgotten(root);
    else if (line.state === 'held') line.want();
  }

  /** Its first task has ended: nothing of it is needed here once its calls have. */
  end(root: string): void {
    this.#lines.get(root)?.end();
  }

  /** From now on nothing is entered. */
  refuse(refusal: AppError): void {
    this.#refusal = refusal;
  }

  /** Forgets everything, at the very end; whoever ends this gateway writes that it has nothing any more. */
  close(): void {
    this.refuse(refuseElsewhere());
    for (const root of this.#lines.keys()) this.#parts.drop(root);
    this.#lines.clear();
  }

  #begin(root: string): void {
    this.#makeRoom();
    const line = new Line(() => this.#leave(root, line));
    this.#lines.set(root, line);
    line.moved = this.#take(root).then(
      () => line.settle(),
      (thrown: unknown) => {
        this.#lines.delete(root);
        throw thrown;
      },
    );
    line.moved.catch(() => {});
  }

  #makeRoom(): void {
    if (this.#lines.size < this.#parts.capacity) return;
    const idle = [...this.#lines.values()].find((line) => line.state === 'held' && line.isIdle);
    idle?.leave();
  }

  async #take(root: string): Promise<void> {
    const { store } = this.#parts;
    const suspected = new Set<string>();
    let taken = await takeLease(store, root);
    for (let waitedMs = 0; taken === undefined; waitedMs += pollMs) {
      if (waitedMs >= longestMs) throw refuseElsewhere();
      const other = await findLeaseHolder(store, root);
      if (other === undefined) {
        taken = await takeLease(store, root);
        continue;
      }
      if (!other.isSeated) {
        await this.#parts.settle(other);
        continue;
      }
      if (waitedMs % askEveryMs < pollMs) this.#parts.ask(root);
      if (waitedMs >= suspectMs && !suspected.has(other.holder)) {
        suspected.add(other.holder);
        this.#suspects.suspect(other);
      }
      if (waitedMs >= patienceMs && !this.#suspects.isSuspected(other)) throw refuseElsewhere();
      await sleep(pollMs);
    }
    await this.#parts.adopt(root, taken.carried);
  }

  async #leave(root: string, line: Line): Promise<void> {
    const carried = line.isOver ? null : this.#parts.carry(root);
    this.#parts.drop(root);
    await this.#give(root, carried);
    await line.makeWay();
    if (this.#lines.get(root) === line) this.#lines.delete(root);
  }

  async #give(root: string, carried: string | null): Promise<void> {
    // Where the database did not answer it still says that this gateway has it, until somebody asks.
    await giveLease(this.#parts.store, root, carried).catch(() => {});
  }

  async #giveForgotten(root: string): Promise<void> {
    const { store } = this.#parts;
    const holder = await findLeaseHolder(store, root).catch(() => undefined);
    if (holder?.holder === store.seat.holder && !this.#lines.has(root)) await this.#give(root, null);
  }
}

export function refuseElsewhere(): AppError {
  return new AppError('task.held_elsewhere', { headers: { 'retry-after': '1' } });
}
