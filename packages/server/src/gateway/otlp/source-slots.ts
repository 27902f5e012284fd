import { AppError } from '@countersign/api';
import { createSlots } from '../mcp/index.ts';

/** How many exports may be read at a time, in all and of one source: one that sends slowly keeps no other waiting. */
export interface SourceSlots {
  /** Throws `server.overloaded`. */
  run<T>(source: string, work: () => Promise<T>): Promise<T>;
}

export function createSourceSlots(most: number, mostOfOne: number): SourceSlots {
  const slots = createSlots(most);
  const taken = new Map<string, number>();
  return {
    async run(source, work) {
      const own = taken.get(source) ?? 0;
      if (own >= mostOfOne) throw new AppError('server.overloaded');
      taken.set(source, own + 1);
      try {
        return await slots.run(work);
      } finally {
        const left = (taken.get(source) ?? 1) - 1;
        if (left === 0) taken.delete(source);
        else taken.set(source, left);
      }
    },
  };
}
