export { runDueDrills } from './drills/schedule-drills.ts';
export { createDrillState } from './drills/world/create-drill-state.ts';
export type { DrillState, Substitutes } from './drills/world/drill-world.ts';
export { removeLeftWorlds } from './drills/world/remove-left-worlds.ts';
export { createEvidenceState, type EvidenceState } from './evidence/create-evidence-state.ts';
export { evidencePages } from './evidence/page/routes.ts';
export type { SignedEvidence } from './evidence/report/evidence-report.ts';
export { renderForm } from './evidence/report/render-form.ts';
export { exposureRoutes } from './routes.ts';
