import { AppError } from '@countersign/api';

/** How many calls may be on their way at a time. */
export interface Slots {
  /** Throws `server.overloaded` when all are taken. */
  run<T>(work: (slot: Slot) => Promise<T>): Promise<T>;
}

/** The place of one call. */
export interface Slot {
  /**
   * Leaves the place to others while something is waited for, and takes it back even when all are taken by then: whoever
   * waits must be bounded elsewhere.
   */
  leaveDuring<T>(wait: () => Promise<T>): Promise<T>;
}

export function createSlots(most: number): Slots {
  let taken = 0;
  const slot: Slot = {
    async leaveDuring(wait) {
      taken--;
      try {
        return await wait();
      } finally {
        taken++;
      }
    },
  };
  return {
    async run(work) {
      if (taken >= most) throw new AppError('server.overloaded');
      taken++;
      try {
        return await work(slot);
      } finally {
        taken--;
      }
    },
  };
}
