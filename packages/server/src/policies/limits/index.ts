export { type BoundLimit, type BundleLimits, collectLimits } from './bundle-limits.ts';
export { forgetCounters } from './forget-counters.ts';
export { createLimitCounters, type LimitCounters } from './limit-counters.ts';
export { LimitReached } from './limit-reached.ts';
export { limitsAnswer, limitsInput, listLimits } from './list-limits.ts';
export { type HeldLimits, holdLimits } from './take-limits.ts';
export { addToday, nameToday, type UsedToday } from './today.ts';
