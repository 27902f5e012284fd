export { applyAmendment, type SignedAmendment } from './apply-amendment.ts';
export { toGrantTool } from './derive-plan.ts';
export { loadPlan } from './keep-plan.ts';
export { noteDeniedAmendment } from './note-denied-amendment.ts';
export { openPlan } from './open-plan.ts';
export type { StoredPlan } from './stored-plan.ts';
export { NO_PLAN, type PlanMatch } from './task-plan.ts';
