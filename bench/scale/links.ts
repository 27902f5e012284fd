import type { BusFaults } from './assumptions.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

/** Delivers a message once, twice, late or never. */
export type Link = (wayMs: number, deliver: () => void) => void;

export function createLink(timeline: Timeline, random: Random, faults: BusFaults): Link {
  return (wayMs, deliver) => {
    const copies = random.chance(faults.lost) ? 0 : random.chance(faults.repeated) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const lateMs = random.chance(faults.delayed) ? random.wait(faults.delayMs) : 0;
      timeline.after(wayMs + random.wait(wayMs * 0.1) + lateMs, deliver);
    }
  };
}
