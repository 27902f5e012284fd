export { createUnauthenticatedCounter, type UnauthenticatedCounter } from './count-unauthenticated.ts';
export { handleAction } from './handle-action.ts';
export { type PlannedCall, planCall } from './plan-call.ts';
export { recordLostOutcomes } from './record-lost-outcomes.ts';
export type { Attempt, Message, Outcome } from './stages.ts';
export { observeSteps, type StepName } from './trace.ts';
