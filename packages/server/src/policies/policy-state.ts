import type {
  ActionKind,
  Effect,
  JsonObject,
  Obligations,
  PolicyMode,
  RaisedRisks,
  Verdict,
} from '@countersign/core';
import type { AgentFacts } from '../agents/index.ts';
import type { LeasedTask } from '../tasks/index.ts';
import type { PinnedTool } from '../upstreams/index.ts';
import type { DataFlow } from './decide/data-flow.ts';
import type { LiveBundle } from './decide/live-bundle.ts';
import type { RoleTrace } from './decide/trace-call.ts';
import type { DeclaredQuestion, DeclaredVerdict } from './declared/index.ts';
import type { BoundLimit, UsedToday } from './limits/index.ts';
import type { Operation } from './operations.ts';
import type { PolicySeals } from './signing/create-policy-seals.ts';

export type { Operation };

/** How an action stands to what the task is to do, as policies are told. */
export interface PlanFacts {
  readonly state: 'none' | 'covered' | 'differs' | 'outside';
  /** A person signed that the prompt is theirs. */
  readonly confirmed: boolean;
}

export interface DecisionRequest {
  readonly agent: AgentFacts;
  /** The agents that passed the authority on, the one nearest the person first; none when a person gave it. */
  readonly givers: readonly AgentFacts[];
  /** What the person is whose authority it all is. */
  readonly rootRoles: readonly string[];
  /** Of everyone who answers for it, whose risk is not low; absent when that is nobody. */
  readonly risks?: RaisedRisks | undefined;
  readonly task: LeasedTask;
  readonly operation: Operation;
  readonly upstream: string;
  /** Over which protocol the upstream is reached. */
  readonly kind: ActionKind;
  /** Null for operations that name no tool. */
  readonly tool: PinnedTool | null;
  /** Tool, resource, prompt or model name, or a peer agent's id; empty for discovery. */
  readonly target: string;
  readonly arguments: JsonObject;
  readonly effects: readonly Effect[];
  readonly dataDomain: string;
  readonly environment: string;
  /** How the caller proved possession of its token; `hook`: a program that acts only where it runs asked. */
  readonly binding: 'dpop' | 'mtls' | 'hook' | 'none';
  /** Since when the caller's token is valid, epoch milliseconds; null before there is one. */
  readonly tokenIssuedAt: number | null;
  /** The agent that `call_agent` reaches, where it is one of ours. */
  readonly peer?: AgentFacts;
  /** Epoch milliseconds. */
  readonly now: number;
  /** How data flowed when it was decided, where it is decided again; absent: as it does now. */
  readonly flow?: DataFlow;
  /** Where its arguments came from, when a record or a test says so; absent where that is found out. */
  readonly provenance?: () => readonly RoleTrace[];
  /** Absent unless a policy in force reads it. */
  readonly today?: UsedToday;
  /** In place of what the plan of the task says: of a decision that is looked back at, tried out or imagined. */
  readonly plan?: PlanFacts;
  /** Whether a model asked for exactly this call in its task; absent where none has answered in it, or nobody can tell. */
  readonly predicted?: boolean;
}

/** A verdict and the version of the bundle that gave it. */
export interface PolicyDecision {
  readonly verdict: Verdict;
  /** Of all permits that hold: what the action owes when it goes out, allowed or approved. */
  readonly obligations: Obligations;
  readonly policyVersion: string;
  /** What the permits that hold may be used for; all of it is to be taken from once the action is let out. */
  readonly limits: readonly BoundLimit[];
}

export interface PolicyState {
  /** Of the bundle in force; empty while there is none, and everything is refused. */
  readonly version: string;
  /** Throws `policy.unavailable`; never allows on failure. */
  decide(request: DecisionRequest): PolicyDecision;
  /** What policies say of types that the bundle declares for other enforcement points. Throws `policy.unavailable`. */
  decideDeclared(question: DeclaredQuestion): DeclaredVerdict;
  /** Tools of the upstream that could be allowed to this agent for some arguments: what `tools/list` may show. */
  couldAllow(request: Omit<DecisionRequest, 'arguments'>): boolean;

  /** The bundle in force. */
  readonly live: LiveBundle | null;
  /** Puts a bundle in force, at once and whole, in place of the one before, which decides nothing any more. */
  install(bundle: LiveBundle, as?: { readonly isQuarantined: boolean }): void;
  /** The engines disagreed about the bundle in force: the official one decides. */
  readonly isQuarantined: boolean;
  /** Until another version is put in force. */
  quarantine(): void;
  /** From the next decision on, the policy counts as far as this; nothing when it is not in force. */
  switchMode(policyId: string, mode: PolicyMode): void;
  readonly seals: PolicySeals;
  /** By tool (`<upstream>/<tool>`), the policies that do not fit it as it is now pinned; it is denied meanwhile. */
  readonly misfits: ReadonlyMap<string, readonly string[]>;
  /** Reads the configured folder again. Throws `policy.invalid`, and the bundle in force stays. Without a folder, nothing. */
  reload(): Promise<void>;
  /** Ends the watching of folder and upstreams. */
  close(): void;
}
