import type { LedgerRecord } from '@countersign/api';
import type {
  Effect,
  JsonObject,
  LimitViolation,
  MetObligations,
  Obligations,
  ObservedPolicy,
  Requirement,
  VerdictReason,
} from '@countersign/core';
import type { AgentFacts } from '../agents/index.ts';
import type { Approval, GrantClaim } from '../approvals/index.ts';
import type { BoundLimit, Operation, QuestionFlaw, RequestFacts } from '../policies/index.ts';
import type { ActionScopes, Admission } from '../signals/index.ts';
import type { CallPass, HeldTask, LeasedTask } from '../tasks/index.ts';
import type { PresentedCredentials, PresentedToken } from '../tokens/index.ts';
import type {
  ApiExchange,
  ApiReply,
  ArmedInjection,
  ClientSession,
  CredentialUse,
  FilledSettings,
  LiveUpstream,
  PeerCall,
  PinnedTool,
  UpstreamReply,
} from '../upstreams/index.ts';

import type { UnboundReason } from './cap-unbound.ts';
import type { Interim } from './measure-result.ts';
import type { ModelCall, TakenPrediction, ToldAnswer } from './models/index.ts';
import type { Brought, Reservation } from './reserve-budgets.ts';

/** What a front door makes of one arriving message. Everything in it is the caller's claim. */
export interface Attempt {
  readonly id: string;
  readonly front: 'mcp' | 'http' | 'models' | 'a2a' | 'authzen' | 'opa' | 'forward_auth' | 'hooks';
  readonly upstream: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly credentials: PresentedCredentials;
  /** Set by a door that has held this very request since it was authenticated, because a proof is accepted only once. */
  readonly proven?: PresentedToken;
  /** Set when an enforcement point asks and carries the call out itself. */
  readonly asked?: {
    readonly by: string;
    /** The only approval that counts, one that was proven to be for exactly this question; any where it is not said. */
    readonly approvalId?: string | null;
    /** The caller's own id of the call, and which part of it made the call. */
    readonly call?: string;
    readonly through?: string;
    /** The caller's own name of the session in which it was made. */
    readonly session?: string;
    /** Whether it can redact and cut what comes back; what cannot is never allowed something that owes it. */
    readonly shapesResults: boolean;
  };
  /** Parses the message; called once, after authentication. Throws `action.*`. */
  translate(caller: PresentedToken, scopes: ActionScopes): Message;
  /** Aborts when the caller has gone. */
  readonly hungUp: AbortSignal;
  /** Interim messages from the upstream, inspected, in order. */
  emit(message: JsonObject): void;
}

/** A message in the words of the path. */
export interface Message {
  readonly method: string;
  readonly operation: Operation;
  /** Tool, prompt or argument reference name, or resource URI; empty for discovery. */
  readonly target: string;
  readonly arguments: JsonObject;
  /** What will be sent on: the caller's message, cleaned by the front door. */
  readonly outgoing: JsonObject;
  readonly isNotification: boolean;
  /**
   * Set for what the door itself answers, after the path: nothing is sent to the upstream, and no call is spent. It may ask
   * at which upstreams this caller may see what there is.
   */
  readonly answerHere?: (
    findReach: () => Promise<readonly string[]>,
  ) => JsonObject | null | Promise<JsonObject | null>;
  /** The client's session, for upstreams that keep one of their own for it. */
  readonly session?: ClientSession;
  /** What the caller can give and take piece by piece, at an HTTP API. */
  readonly exchange?: ApiExchange;
  /** What the caller means in a peer agent's own words; the door alone says it. */
  readonly peer?: PeerCall;
  /** What the call owed that this follows up; its answers come in what follows. */
  readonly owed?: Obligations;
  /** W3C trace context of the caller. */
  readonly traceparent: string | null;
  /** What the caller's model or framework calls this call; told, as the trace is. */
  readonly toolCall?: string;
}

declare const stage: unique symbol;

/** Which agent and which key. */
export interface Authenticated extends Attempt {
  readonly [stage]: string;
  readonly token: PresentedToken;
  readonly agent: AgentFacts;
}

/** On whose behalf and within what limits. */
export interface Authorised extends Authenticated {
  readonly task: LeasedTask;
  /** The agents that passed its authority on, the one nearest the person first. */
  readonly givers: readonly AgentFacts[];
  /** What the person is whose authority it all is. */
  readonly rootRoles: readonly string[];
  readonly scopes: ActionScopes;
  /** Keeps the task here until the action has ended. */
  readonly lease: Pick<HeldTask, 'release' | 'yieldWith'>;
}

/** What kind of action this is; admitted, so that a stop reaches it from here on. */
export interface Classified extends Authorised {
  readonly message: Message;
  readonly target: LiveUpstream;
  /** Null for operations that call no tool. */
  readonly tool: PinnedTool | null;
  readonly effects: readonly Effect[];
  readonly dataDomain: string;
  readonly spend: { readonly minor: number; readonly currency: string } | null;
  readonly callDigest: string;
  /** What it asks of a model; null where it asks none. */
  readonly model: ModelCall | null;
  readonly admission: Admission;
  /** Told how the call ended, for circuits and storms. */
  readonly pass: CallPass;
}

export interface Intended extends Classified {
  readonly intent: LedgerRecord;
  /** What a model asked for and this call is. */
  readonly predicted: TakenPrediction | null;
}

/** What was ruled, and by what: the limits that were delegated, or policy. */
export interface Ruling {
  readonly effect: 'allow' | 'step_up' | 'deny';
  readonly by: 'limits' | 'policy' | 'binding';
  readonly policyIds: readonly string[];
  /** The permits that hold; those of a step-up hold once it is approved. */
  readonly permits: readonly string[];
  /** What policies that are not enforced would have changed. */
  readonly observed: readonly ObservedPolicy[];
  /** Told to the agent with the result. */
  readonly notices: readonly string[];
  readonly reasons: readonly (VerdictReason | LimitViolation | UnboundReason)[];
  readonly requirement: Requirement | null;
  /** What the action owes when it goes out, whether allowed or approved. */
  readonly obligations: Obligations;
  /** What was answered to the questions that an AuthZEN mapping makes of the message; absent where none is asked. */
  readonly mapped?: readonly MappedAnswer[];
}

export interface MappedAnswer {
  readonly action: string;
  readonly resourceType: string;
  readonly effect: Ruling['effect'];
  readonly flaw?: QuestionFlaw;
}

export interface Decided extends Intended {
  readonly ruling: Ruling;
  readonly policyVersion: string;
  /** What the permits that hold limit; taken from when the action is let out. */
  readonly limits: readonly BoundLimit[];
  /** What policy could be told that no other record says. */
  readonly facts: RequestFacts;
  /** The declassifications that held when it was ruled. */
  readonly lifts: readonly string[];
  /** An approval for this exact call that satisfies what policy asks now. */
  readonly approval: Approval | null;
  /** A place in what people let happen for several calls like this one. */
  readonly grant: GrantClaim | null;
}

/** Whether the action may go out now: policy allows it, or a person has approved exactly this call or calls like it. */
export function allows(decided: Decided): boolean {
  return decided.ruling.effect === 'allow' || decided.approval !== null || decided.grant !== null;
}

/** The decision is durable. */
export interface Recorded extends Decided {
  readonly decisionRecord: string;
  /** The id of the record of its outcome, which is named as the source of what its result teaches before it is written. */
  readonly outcomeRecord: string;
  /** What the model answers that this call asks. */
  readonly told: ToldAnswer | null;
  /** What it has taken from budgets and limits; null when it costs no call. */
  readonly reservation: Reservation | null;
  readonly interim: Interim;
}

/** Nothing stands between the action and the upstream any more; `cause` is the record that released it. */
export interface Released extends Recorded {
  readonly cause: string;
}

export interface Armed extends Released, FilledSettings {
  /** What was injected before a rotation, while its overlap lasts. */
  readonly fallback: FilledSettings | null;
  /** Which kind of credential it carries. */
  readonly credential: CredentialUse;
  readonly renew: ArmedInjection['renew'];
  /** Values that must never come back to the agent. */
  readonly secretValues: readonly string[];
  /** What lets the agent that is called help with the task; null where there is nothing to hand over. */
  readonly handedOver: string | null;
}

export interface Forwarded extends Armed {
  readonly reply: UpstreamReply;
  readonly sentAt: number;
}

export interface Inspected extends Forwarded {
  /** The reply as the caller may see it. */
  readonly response: JsonObject | null;
  /** The upstream's own text, when inspection changed nothing in it. */
  readonly raw: string | null;
  readonly http: ApiReply | null;
  readonly redactions: number;
  /** What the caller gets, when somebody limits or reads that. */
  readonly brought: Brought;
  /** How what the action owes was met. */
  readonly met: MetObligations;
}

/** How a path ended, for the front door to put in its protocol's words. */
export type Outcome =
  | {
      readonly kind: 'completed';
      readonly response: JsonObject | null;
      readonly raw: string | null;
      /** How an HTTP API answered, with nothing in it that the caller must not see. */
      readonly http: ApiReply | null;
      /** What the action owed, for the door to keep with what will be followed up. */
      readonly obligations: Obligations;
      readonly decisionRecord: string;
    }
  | {
      readonly kind: 'pending';
      readonly approval: Approval;
      readonly link: string;
      readonly decisionRecord: string;
    };
