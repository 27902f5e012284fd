import { AppError } from '@countersign/api';

/** How many calls may be on their way at a time. */
export interface Slots {
  /** Throws `server.overloaded` when all are taken. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createSlots(most: number): Slots {
  let taken = 0;
  return {
    async run(work) {
      if (taken >= most) throw new AppError('server.overloaded');
      taken++;
      try {
        return await work();
      } finally {
        taken--;
      }
    },
  };
}
