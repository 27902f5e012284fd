import { randomBytes } from 'node:crypto';
import { encodeId, type Id, type IdPrefix } from '@countersign/core';

/** Everything ambient, handed in so that tests own it. Only this folder touches the real clock and randomness. */
export interface Platform {
  /** Epoch milliseconds. */
  now(): number;
  randomBytes(length: number): Uint8Array;
  /** A new sortable id such as `act_01J…`. */
  newId<Prefix extends IdPrefix>(prefix: Prefix): Id<Prefix>;
}

/** The machine's own clock and randomness; random bytes come from a pool because ids are made on the hot path. */
export function createPlatform(now: () => number = Date.now): Platform {
  let pool = randomBytes(0);
  let used = 0;
  const take = (length: number): Uint8Array => {
    if (used + length > pool.length) {
      pool = randomBytes(Math.max(4096, length));
      used = 0;
    }
    used += length;
    return pool.subarray(used - length, used);
  };
  return {
    now,
    randomBytes: (length) => Uint8Array.from(take(length)),
    newId: (prefix) => encodeId(prefix, now(), take(10)),
  };
}
