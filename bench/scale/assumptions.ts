/** What was not measured here. Change a number, and run it again. */
export const target = { agents: 1e7, actionsPerSecond: 1e6, regions: 10 } as const;

/** An intent, a decision and an outcome. */
export const recordsOfAction = 3;

/** Between two machines of one region, and how much of it comes on top at random. */
export const local = { roundTripMs: 0.5, jitterMs: 0.2 } as const;

/** An upstream's answer, without the time on its way. */
export const upstreamMs = 20;

/** How much of a gateway or primary is used when nothing is wrong, at most. */
export const plannedUtilisation = 0.6;

/** A primary, a standby in its region and one at the second site; what is older than `hotDays` is in an object store. */
export const database = { copies: 3, cores: 8, hotDays: 1 } as const;

/** Revocations, stops, policies, keys, approvals, hand-overs and roots of checkpoints, to each other region. */
export const notices = { perSecond: 100, bytes: 400 } as const;

/** Currency units; list prices of large providers are near them. */
export const prices = {
  coreHour: 0.04,
  databaseCoreHour: 0.1,
  diskGigabyteMonth: 0.1,
  objectGigabyteMonth: 0.02,
  gigabyteBetweenRegions: 0.02,
} as const;

/** Faults of the bus between regions, of every message, heartbeats and answers to a gap included. */
export const busFaults = { lost: 0.01, repeated: 0.01, delayed: 0.01, delayMs: 500 } as const;
export type BusFaults = { readonly [Fault in keyof typeof busFaults]: number };

export const heartbeatMs = 250;
/** A gateway that heard nothing of a region for so long refuses everything that region could have revoked. */
export const deafAfterMs = 2000;
/** A cell belongs to the region that renewed its lease last, for so long. */
export const cellLease = { renewMs: 1000, lifeMs: 10_000, marginMs: 1000 } as const;

/** From the order to promote until a standby takes writes. */
export const promoteMs = 2000;

/** Until a commit reaches the second site, beyond the way there, when nobody waits for it. */
export const shipMs = 100;

/** Round trips in milliseconds, rounded from what providers and measurement sites publish. */
const regions = [
  'Virginia',
  'Oregon',
  'Sao Paulo',
  'Dublin',
  'Frankfurt',
  'Cape Town',
  'Dubai',
  'Mumbai',
  'Singapore',
  'Tokyo',
];
const roundTrips = [
  [],
  [65],
  [115, 175],
  [70, 125, 180],
  [92, 145, 205, 27],
  [230, 285, 340, 160, 155],
  [175, 230, 290, 110, 100, 200],
  [190, 220, 300, 125, 115, 270, 35],
  [215, 165, 320, 175, 160, 320, 95, 60],
  [150, 100, 260, 205, 225, 360, 165, 125, 70],
];
export const regionNames: readonly string[] = regions;

export function roundTripMs(a: number, b: number): number {
  return a === b ? local.roundTripMs : (roundTrips[Math.max(a, b)]?.[Math.min(a, b)] ?? Number.NaN);
}

/** Where a region's second site is: its nearest. */
export function nearestRegion(region: number): number {
  const others = regions.map((_, other) => other).filter((other) => other !== region);
  return others.reduce((best, other) =>
    roundTripMs(region, other) < roundTripMs(region, best) ? other : best,
  );
}
