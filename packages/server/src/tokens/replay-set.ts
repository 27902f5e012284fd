import { AppError } from '@countersign/api';

/** Remembers what was used once, for as long as it could be used again. */
export interface ReplaySet {
  /** False when the value was used before. Throws `server.overloaded` when full: forgetting early would let a replay through. */
  use(value: string, now: number): boolean;
  readonly size: number;
}

const slotMilliseconds = 1000;

/** Values are kept for at least `retainMilliseconds` after their use, in slots of one second that are dropped whole. */
export function createReplaySet(options: { retainMilliseconds: number; capacity: number }): ReplaySet {
  const slotCount = Math.ceil(options.retainMilliseconds / slotMilliseconds) + 1;
  const used = new Set<string>();
  const slots = new Map<number, string[]>();
  let newest = 0;

  const dropUntil = (slot: number): void => {
    // Slots are inserted in rising order, so the first ones are the oldest. A clock set back keeps values longer, never shorter.
    for (const [held, values] of slots) {
      if (held >= slot) return;
      for (const value of values) used.delete(value);
      slots.delete(held);
    }
  };

  return {
    use(value, now) {
      newest = Math.max(newest, Math.floor(now / slotMilliseconds));
      dropUntil(newest - slotCount + 1);
      if (used.has(value)) return false;
      if (used.size >= options.capacity) throw new AppError('server.overloaded');
      used.add(value);
      const slot = slots.get(newest);
      if (slot) slot.push(value);
      else slots.set(newest, [value]);
      return true;
    },
    get size() {
      return used.size;
    },
  };
}
