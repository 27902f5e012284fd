export * from './cascades.ts';
export { type CascadeParts, createCascades } from './create-cascades.ts';
export {
  everybody,
  loadRootPauses,
  loadStandingPauses,
  requireNothingPaused,
  requireUnpaused,
} from './standing-pauses.ts';
