import type { AmendedCall, AskedAmendment, JsonObject, Limits, Requirement, Vote } from '@countersign/core';
import type { AgentFacts } from '../agents/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import type { ApprovalKind } from '../plugins/database/schema.ts';
import type { CallInsight, DecisionRequest } from '../policies/index.ts';
import type { LeasedTask } from '../tasks/index.ts';
import type { GrantState } from './grants/index.ts';
import type { PersonNews } from './notices/index.ts';
import type { StoredApproval } from './read-approval.ts';
import type { Asking, EligiblePerson } from './routing/index.ts';

export interface Approval {
  readonly id: string;
  /**
   * A call that waits, one call asked for ahead, authority (a delegation by the person who is asked), or an amendment of
   * what a task may do without asking, which may be about many calls.
   */
  readonly kind: ApprovalKind;
  /** Empty for authority, which is no action yet. */
  readonly actionId: string;
  readonly callDigest: string;
  /** The calls that an amendment is about; none for the others. */
  readonly callDigests: readonly string[];
  readonly actionDigest: string;
  readonly agentId: string;
  /** Proof key of the caller for whom it was asked; it is part of what was signed. */
  readonly key: string;
  /** Empty for authority, whose task is opened when the agent fetches it. */
  readonly taskId: string;
  readonly ownerId: string;
  /** Whom the agent named when it asked ahead; null when policy alone says who is asked. */
  readonly askedPersonId: string | null;
  readonly state: 'requested' | 'approved' | 'denied' | 'expired' | 'cancelled' | 'released';
  readonly requirement: Requirement;
  readonly policyVersion: string;
  readonly reason: string | null;
  /** Roles and relations as they are now, so that a person who lost a role no longer counts. */
  readonly votes: readonly Vote[];
  readonly requestedAt: number;
  readonly expiresAt: number;
  /** By how much its escalation was brought forward. */
  readonly advancedMilliseconds: number;
  /** How many steps of the escalation were told. */
  readonly escalatedSteps: number;
  readonly decidedAt: number | null;
  /** Two digits the agent shows its person, to match with the page. */
  readonly matchCode: string;
  /** The run of drills or the check that it belongs to: it never releases anything. Null for all that is real. */
  readonly drill: string | null;
  /** Whom it checks whether they read; nobody else ever sees it. Null for everything but checks. */
  readonly checkPersonId: string | null;
  /** Ledger records of the request and of what was decided, once it is: causes of what follows. */
  readonly recordIds: readonly string[];
}

/** What an agent says with a request that it makes ahead, and how the request is kept together with it. */
export interface AskedAhead {
  readonly personId: string;
  /** The agent's own words, to match with what its person sees elsewhere; never verified. */
  readonly message: string | null;
  /** Epoch milliseconds; the request ends then at the latest. */
  readonly expiresAt: number;
  /** Runs in the transaction that makes the request durable; what it throws undoes all of it. */
  save(tx: Transaction, approvalId: string): Promise<void>;
}

export interface ApprovalInput extends CallInsight {
  readonly actionId: string;
  readonly callDigest: string;
  /** Proof key of the caller. */
  readonly key: string;
  readonly requirement: Requirement;
  readonly policyVersion: string;
  readonly policyIds: readonly string[];
  /** Plain arguments exactly as they will be forwarded. */
  readonly arguments: JsonObject;
  /** The decision record. */
  readonly causes: readonly string[];
  /** Only for a call that is asked for ahead. */
  readonly asked?: AskedAhead;
}

/** Authority that an agent asks a person to delegate to it. */
export interface AuthorityInput {
  readonly agent: AgentFacts;
  readonly key: string;
  readonly purpose: string;
  readonly limits: Limits;
  readonly policyVersion: string;
  /** Equal for equal requests. */
  readonly askDigest: string;
  readonly causes: readonly string[];
  readonly asked: AskedAhead;
}

/** Calls that go beyond what their task may do without asking, and what else a person wants to change of that. */
export interface AmendmentInput {
  readonly agent: AgentFacts;
  readonly task: LeasedTask;
  /** Proof key of the caller; empty when a person makes the change. */
  readonly key: string;
  readonly by: AskedAmendment['by'];
  /** The action that asks; empty when nothing was tried yet. */
  readonly actionId: string;
  readonly calls: readonly AmendedCall[];
  readonly prompt: string | null;
  readonly confirms: string | null;
  /** What policy asks for all of the calls. */
  readonly requirement: Requirement;
  readonly policyVersion: string;
  readonly policyIds: readonly string[];
  /** Of all the calls, as the page shows it. */
  readonly about: Pick<DecisionRequest, 'effects' | 'environment' | 'dataDomain'>;
  /** The person who makes the change; null when an agent asks. */
  readonly personId: string | null;
  readonly causes: readonly string[];
}

export type CancelScope = 'approval' | 'task' | 'agent' | 'owner' | 'delegation';

export interface ApprovalState {
  /** What people let happen beyond single calls. */
  readonly grants: GrantState;
  /** The one that is requested or approved for this exact call, if any; a denied or expired one until the task ends. */
  findForCall(callDigest: string): Approval | undefined;
  find(approvalId: string): Approval | undefined;
  /** Ids of those in memory that are requested or approved. */
  listOpen(): readonly string[];
  /** All that is kept of it, also long after it was decided. Throws `approval.not_found`. */
  load(approvalId: string): Promise<StoredApproval>;
  /**
   * The open request for this exact call, or a new one, durable before it returns: the same call digest never has two.
   * One that was asked for under a policy that asked for less is cancelled and asked for again.
   */
  request(input: ApprovalInput): Promise<Approval>;
  /** Asks the named person, and nobody else, for authority. Durable before it returns. */
  requestAuthority(input: AuthorityInput): Promise<Approval>;
  /**
   * One question for all that goes beyond the plan of a task: joins what is asked already and signed by nobody yet, or
   * asks anew. Durable before it returns. Throws `server.rate_limited`, `task.plan_too_large`.
   */
  requestAmendment(input: AmendmentInput): Promise<Approval>;
  /**
   * Spends the approval: exactly one caller ever succeeds; others get `approval.already_decided`. `requirement` is what
   * policy asks now; votes that are not enough for it get `approval.insufficient`. Records `action.release`, returns its record id.
   */
  release(
    approvalId: string,
    actionId: string,
    causes: readonly string[],
    requirement?: Requirement,
  ): Promise<string>;
  /** Cancels one open request, or those of a task, agent or owner that ended, and those that a person was named for. */
  cancel(scope: CancelScope, target: string, reason: string): Promise<void>;
  /** Runs once at the next change of this approval's state; returns how to stop listening. */
  onChange(approvalId: string, listener: () => void): () => void;
  /** Runs at every change of any approval. */
  onAnyChange(listener: (approval: Approval) => void): () => void;
  /** For this noun's verbs: what has just been committed. */
  put(approval: StoredApproval): void;
  /** For everything that changes a person's roles or state: their votes count by what they are now. */
  refreshVoter(personId: string): Promise<void>;
  /** Keeps what one person is to be told, in the transaction that makes it true; for nouns that approvals stand on. */
  tellPerson(tx: Transaction, news: PersonNews): Promise<void>;
  /** Everybody who may approve what is asked so, also for nouns that approvals stand on. */
  findEligible(sql: Transaction['sql'], asking: Asking): Promise<readonly EligiblePerson[]>;
  /** Ends every duty to approve that the person gave or holds, with what they rest on. */
  endDuties(tx: Transaction, personId: string, reason: string): Promise<void>;
  /** Where a person decides: absolute URL with the opaque id only. */
  link(approvalId: string): string;
}
