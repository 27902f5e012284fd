export { Agent, type AgentOptions, type TaskInput } from './agent.ts';
export { type AgentKey, generateAgentKey, importAgentKey } from './agent-key.ts';
export type { Ask, AskOptions, AuthorityWish, CallWish } from './ask.ts';
export { CountersignError } from './countersign-error.ts';
export { type CertificateOptions, createCertificate } from './create-certificate.ts';
export type { ExchangeWish } from './exchange-token.ts';
export { type CallResult, GrantedCall } from './granted-call.ts';
export {
  Gate,
  type GateCall,
  type GateDecision,
  GateDenied,
  type GateOptions,
  type GateTool,
} from './hooks/gate.ts';
export { type ModelOptions, modelOptions } from './model-options.ts';
export type { DelegationFacts, PassOnInput } from './pass-on.ts';
export { type PeerMessage, PeerPolicy, type PeerPolicyOptions } from './peer-policy.ts';
export { ProofMaker } from './proof.ts';
export { Task, type TaskFacts } from './task.ts';
export type { AskedAmendment, GrantEntry, IntendedCall, TaskGrant } from './task-grant.ts';
export {
  describeCall,
  describeTask,
  type ExporterSettings,
  exportTo,
  readTraceparent,
  type TelemetrySource,
  type TraceApi,
} from './telemetry.ts';
export {
  type Possession,
  type Token,
  TokenClient,
  type TokenRequest,
  type WorkloadAssertion,
} from './token-client.ts';
export { TokenVerifier, type TokenVerifierOptions, type VerifiedToken } from './token-verifier.ts';
export {
  type CallerOptions,
  type CallerRequest,
  type VerifiedCaller,
  verifyCaller,
} from './verify-caller.ts';
export type { Shown } from './verify-possession.ts';
export { type WatchedCaller, watchCaller } from './watch-caller.ts';
