export { type Activation, activateBundle } from './activate-bundle.ts';
export { askPolicies, type PolicyAnswer } from './ask-policies.ts';
export type { Complaint, PolicyFile } from './bundle/complaint.ts';
export type { PolicyHead } from './bundle/read-head.ts';
export { type CheckInput, checkFiles, type FilesCheck } from './check/check-files.ts';
export { type Finding, findingCodes } from './check/finding.ts';
export { createPolicyState } from './create-policy-state.ts';
export { exceedsUnbound } from './decide/exceeds-unbound.ts';
export { findObligations } from './decide/find-obligations.ts';
export { traceCall } from './decide/find-traces.ts';
export { type CallInsight, lookIntoCall } from './decide/look-into-call.ts';
export { readPlan } from './decide/read-plan.ts';
export { imagineSigned } from './decide/sign-traces.ts';
export {
  type AskedEntity,
  type DeclaredQuestion,
  type DeclaredTypes,
  type DeclaredVerdict,
  listDeclaredActions,
  listDeclaredEntities,
  type QuestionFlaw,
} from './declared/index.ts';
export { diffBundles } from './diff-bundles.ts';
export { findPolicyFiles } from './find-policy-files.ts';
export { getBundle } from './get-bundle.ts';
export { getPolicySchema } from './get-policy-schema.ts';
export type { BoundLimit } from './limits/index.ts';
export {
  addToday,
  createLimitCounters,
  createSlicedCounters,
  forgetCounters,
  freeLimits,
  type HeldLimits,
  holdLimits,
  type LimitCounters,
  LimitReached,
  listLimits,
  nameToday,
} from './limits/index.ts';
export { listBundles } from './list-bundles.ts';
export { findMapping, type Mapped } from './mapping/find-mapping.ts';
export { MappingError } from './mapping/mapping-error.ts';
export { listModes } from './modes/list-modes.ts';
export { policyModePages } from './modes/page/routes.ts';
export { proposeMode } from './modes/propose-mode.ts';
export { switchMode } from './modes/switch-mode.ts';
export { addNarrowing, type NarrowingText, removeNarrowing } from './narrowing/edit-files.ts';
export { findStanding, type NarrowingStanding } from './narrowing/find-standing.ts';
export {
  findVersionInForce,
  type PreparedNarrowing,
  prepareNarrowing,
  prepareWidening,
} from './narrowing/prepare-narrowing.ts';
export {
  type NarrowingProposal,
  type PolicyNarrowing,
  proposeNarrowing,
} from './narrowing/propose-narrowing.ts';
export { fitPack, type OfferedTool, type PackFit } from './packs/fit-pack.ts';
export { type Pack, packNames, readPack } from './packs/read-pack.ts';
export type { DecisionRequest, Operation, PolicyDecision, PolicyState } from './policy-state.ts';
export { refreshPolicies } from './refresh-policies.ts';
export { reloadPolicies } from './reload-policies.ts';
export { replayPolicies } from './replay/replay-policies.ts';
export { noteRequest, type RequestFacts } from './replay/request-facts.ts';
export { rollbackPolicies } from './rollback-policies.ts';
export { policyRoutes } from './routes.ts';
export type { Mistake, TextFile } from './test/mistake.ts';
export { type ReadYaml, readYaml } from './test/read-yaml.ts';
export { type CaseResult, runTests, type TestInput, type TestReport } from './test/run-tests.ts';
export { writeTestFile } from './test/write-test-file.ts';
export { validatePolicies } from './validate-policies.ts';
