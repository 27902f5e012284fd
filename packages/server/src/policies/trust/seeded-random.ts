import { createHash } from 'node:crypto';

/** The same numbers for the same seed, on every machine: 0 up to but without `below`. */
export type Random = (below: number) => number;

export function createSeededRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest();
  let state = digest.readUInt32LE(0);
  // Mulberry32: good enough to spread test values, and nothing secret comes of it.
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

export function pick<T>(random: Random, from: readonly T[]): T | undefined {
  return from[random(from.length)];
}
