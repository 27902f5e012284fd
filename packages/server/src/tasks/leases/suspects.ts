import type { Seat, Store } from '../../plugins/database/database.ts';

type SeatOf = Pick<Seat, 'stream' | 'holder'>;

export interface SuspectParts {
  readonly store: Pick<Store, 'endSeat'>;
  settle(seat: SeatOf): Promise<unknown>;
}

/** Gateways that do not answer: each is proven dead, or not, once at a time, and what it left is settled. */
export class Suspects {
  readonly #parts: SuspectParts;
  readonly #proofs = new Map<string, Promise<void>>();

  constructor(parts: SuspectParts) {
    this.#parts = parts;
  }

  isSuspected({ holder }: SeatOf): boolean {
    return this.#proofs.has(holder);
  }

  suspect(seat: SeatOf): void {
    if (this.#proofs.has(seat.holder)) return;
    const proof = this.#prove(seat)
      // It may be the database that does not answer; whoever waits asks again.
      .catch(() => {})
      .finally(() => this.#proofs.delete(seat.holder));
    this.#proofs.set(seat.holder, proof);
  }

  async #prove(seat: SeatOf): Promise<void> {
    if (await this.#parts.store.endSeat(seat)) await this.#parts.settle(seat);
  }
}
