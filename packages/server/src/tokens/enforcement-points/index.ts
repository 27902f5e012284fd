export { type EnforcementPoint, findEnforcementPoint } from './enforcement-point.ts';
export {
  authenticateEnforcementPoint,
  findClaimedEnforcementPoint,
  holdsKeyOf,
  issueDecideToken,
} from './issue-decide-token.ts';
export { createEnforcementPointRoutes } from './routes.ts';
export { type Decider, verifyDecider } from './verify-decider.ts';
export { type KnownHook, verifyHook } from './verify-hook.ts';
export { type Teller, verifyTeller } from './verify-teller.ts';
