export * from './actions/action-kind.ts';
export * from './actions/call.ts';
export * from './actions/canonical-json.ts';
export * from './actions/classify-from-annotations.ts';
export * from './actions/count-rows.ts';
export * from './actions/effects.ts';
export * from './actions/json-value.ts';
export * from './actions/mask-secret.ts';
export * from './actions/provenance/index.ts';
export * from './actions/render.ts';
export * from './actions/replace-secrets.ts';
export * from './actions/reversibility.ts';
export {
  type JsonFlaw,
  type JsonFlawCode,
  type JsonLimits,
  parseStrictJson,
  type StrictJson,
} from './actions/strict-json.ts';
export * from './actions/trace-context.ts';
export * from './agents/lifecycle.ts';
export * from './approvals/amendment.ts';
export * from './approvals/attention.ts';
export * from './approvals/authority.ts';
export * from './approvals/break-glass.ts';
export * from './approvals/draft-grant.ts';
export * from './approvals/fits-grant.ts';
export * from './approvals/given-duty.ts';
export * from './approvals/grant.ts';
export * from './approvals/group.ts';
export * from './approvals/is-narrower-grant.ts';
export * from './approvals/local-time.ts';
export * from './approvals/machine.ts';
export { readTokens } from './approvals/mask-arguments.ts';
export * from './approvals/merge-requirements.ts';
export * from './approvals/quiet-hours.ts';
export * from './approvals/quote-values.ts';
export * from './approvals/requirement.ts';
export * from './approvals/rota.ts';
export * from './approvals/satisfies.ts';
export * from './approvals/sentence.ts';
export * from './approvals/step-up.ts';
export * from './approvals/tier.ts';
export * from './delegations/action-pattern.ts';
export { describeRule } from './delegations/argument-rule.ts';
export * from './delegations/budget.ts';
export * from './delegations/chain.ts';
export * from './delegations/check-limits.ts';
export { describe } from './delegations/describe.ts';
export { describeNarrowing } from './delegations/describe-narrowing.ts';
export * from './delegations/intersect.ts';
export * from './delegations/is-within.ts';
export * from './delegations/json-pointer.ts';
export * from './delegations/limits.ts';
export * from './delegations/path-within.ts';
export * from './delegations/permits.ts';
export * from './delegations/shrink-to-use.ts';
export * from './delegations/slices.ts';
export * from './ids.ts';
export * from './ledger/index.ts';
export * from './policies/cedar/index.ts';
export { type ComparedLine, compareLines } from './policies/compare-lines.ts';
export * from './policies/decision.ts';
export * from './policies/judge-sequence.ts';
export * from './policies/limit.ts';
export {
  addMet,
  type MetJson,
  type MetObligations,
  type MetText,
  meetInJson,
  meetInText,
  NOTHING_MET,
} from './policies/meet-obligations.ts';
export * from './policies/mode.ts';
export * from './policies/obligations.ts';
export { REDACTED } from './policies/redact-json.ts';
export * from './policies/sequence.ts';
export * from './reviews/find-spikes.ts';
export * from './reviews/risk-tier.ts';
export { type RaisedRisks, type RiskLevel, riskLevels, worstRisk } from './signals/risk-level.ts';
export * from './tasks/audience.ts';
export * from './tasks/cascade/index.ts';
export * from './tasks/grant/index.ts';
export * from './tasks/label-facts.ts';
export * from './tasks/labels.ts';
export * from './tasks/lifecycle.ts';
export * from './upstreams/argument-roles/index.ts';
export * from './upstreams/result-labels/index.ts';
export * from './upstreams/scan/index.ts';
export * from './upstreams/tool-definition.ts';
