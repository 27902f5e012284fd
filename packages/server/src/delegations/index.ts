export { createDelegation, createDelegationInput } from './create-delegation.ts';
export { limitsAnswer } from './delegation-answer.ts';
export { type DelegationRow, loadDelegation, toChainLink } from './delegation-row.ts';
export { type DelegationView, showDelegation } from './delegation-view.ts';
export { fitBudgets } from './fit-budgets.ts';
export { type DelegationDetail, getDelegation } from './get-delegation.ts';
export {
  delegationLimitsSchema,
  passedLimitsSchema,
  rootLimitsSchema,
  taskLimitsSchema,
} from './limits-schema.ts';
export { listDelegations } from './list-delegations.ts';
export { loadChain, selectSlices } from './load-chain.ts';
export { narrowLimits } from './narrow-limits.ts';
export { readDelegationLimits, requireSoundLimits } from './read-limits.ts';
export { type Replacement, replaceDelegation } from './replace-delegation.ts';
export { requireApprovers } from './require-approvers.ts';
export { requireMembers } from './require-members.ts';
export { type Revocation, type Revoked, revokeBranches, revokeDelegationsTo } from './revoke-branches.ts';
export { type RevokedDelegation, revokeDelegation } from './revoke-delegation.ts';
export { delegationRoutes } from './routes.ts';
export { saveDelegation } from './save-delegation.ts';
export { type GivenSources, traceGiven } from './trace-given.ts';
export { withBelow } from './with-below.ts';
