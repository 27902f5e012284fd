export * from './cascades.ts';
export { type CascadeParts, createCascades } from './create-cascades.ts';
export { everybody, loadStandingPauses, requireNothingPaused, requireUnpaused } from './standing-pauses.ts';
