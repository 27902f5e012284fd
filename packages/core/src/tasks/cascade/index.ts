export * from './cascade-settings.ts';
export * from './cascade-trail.ts';
export * from './circuit-breaker.ts';
export type { CallGoal } from './denied-goals.ts';
export { type CallHash, hashCall, hashGoal } from './hash-call.ts';
export { listAims } from './list-aims.ts';
