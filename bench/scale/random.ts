/** Draws that are the same for the same seed, on every machine. */
export interface Random {
  /** From 0 up to, never including, 1. */
  draw(): number;
  chance(share: number): boolean;
  /** From 0 up to, never including, `count`. */
  pick(count: number): number;
  /** Time until the next of events that come on average every `mean`. */
  wait(mean: number): number;
}

/** Mulberry32: enough for a simulation, and nothing else. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const draw = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    draw,
    chance: (share) => draw() < share,
    pick: (count) => Math.floor(draw() * count),
    wait: (mean) => -Math.log(1 - draw()) * mean,
  };
}
