import type { LiftableLabel, PolicyMode } from '@countersign/core';
import type { ColumnType, Generated } from 'kysely';
import type { Fixed, Json } from './column.ts';

/** What an approval lets happen; see `approvals.kind`. */
export type ApprovalKind = 'call' | 'once' | 'authority' | 'amendment';

/** Policies and approvals. */
export interface DecisionTables {
  /**
   * What one subject has used of one unit under a policy's limit; `policy_id` is empty for what is counted a day for
   * policies to read. A row stands for its newest window alone, which never goes back.
   */
  limit_counters: {
    policy_id: Fixed<string>;
    per: Fixed<string>;
    subject: Fixed<string>;
    unit: Fixed<string>;
    /** 0: as long as the subject lives. */
    window_seconds: Fixed<number>;
    starts_at: number;
    used: number;
  };
  /** What one gateway may count under a policy's limit by itself, and has counted of that. */
  limit_slices: {
    policy_id: Fixed<string>;
    per: Fixed<string>;
    subject: Fixed<string>;
    unit: Fixed<string>;
    window_seconds: Fixed<number>;
    /** The holder of its seat. */
    gateway: Fixed<string>;
    starts_at: number;
    granted: Generated<number>;
    used: Generated<number>;
  };
  policy_bundles: {
    version: Fixed<string>;
    source: Fixed<Json>;
    schema_digest: Fixed<string>;
    created_at: Fixed<number>;
    activated_at: number | null;
    activated_by: string | null;
    /** Who made it. */
    author: ColumnType<string | null, string, string>;
    /** Ed25519 over version, digest, author, and who activated it when; base64url, by the server key `signed_by`. */
    signature: ColumnType<string | null, string, string>;
    signed_by: ColumnType<string | null, string, string>;
    /** Since when the official engine decides instead of the compiled policies. */
    quarantined_at: ColumnType<number | null, undefined, number>;
  };
  /** Every policy with an `@id` that was ever activated. */
  policy_modes: {
    policy_id: Fixed<string>;
    mode: PolicyMode;
    since: number;
    /** HMAC over all of the row, base64url. */
    seal: string;
  };
  /** Changes that were proposed, and the passkey signatures that put them in force. */
  policy_mode_changes: {
    id: Fixed<string>;
    policy_id: Fixed<string>;
    from_mode: Fixed<PolicyMode>;
    to_mode: Fixed<PolicyMode>;
    reason: Fixed<string>;
    /** The exact text whose SHA-256 is `digest`: what the passkey signs. */
    signed_text: Fixed<Json>;
    digest: Fixed<string>;
    proposed_by: Fixed<string>;
    proposed_record: Fixed<string>;
    proposed_at: Fixed<number>;
    expires_at: Fixed<number>;
    switched_by: string | null;
    switched_at: number | null;
    /** WebAuthn assertion kept so that anyone can verify the signature again. */
    evidence: Json | null;
  };
  task_declassifications: {
    id: Fixed<string>;
    task_id: Fixed<string>;
    label: Fixed<LiftableLabel>;
    minutes: Fixed<number>;
    /** Null: as many as there are in that time. */
    calls: Fixed<number | null>;
    reason: Fixed<string>;
    /** The exact text whose SHA-256 is `digest`: what the passkey signs. */
    signed_text: Fixed<Json>;
    digest: Fixed<string>;
    proposed_by: Fixed<string>;
    proposed_at: Fixed<number>;
    expires_at: Fixed<number>;
    signed_by: string | null;
    signed_at: number | null;
    /** WebAuthn assertion kept so that anyone can verify the signature again. */
    evidence: Json | null;
  };
  approvals: {
    id: Fixed<string>;
    action_id: Fixed<string>;
    call_digest: Fixed<string>;
    action_digest: string;
    agent_id: Fixed<string>;
    task_id: Fixed<string>;
    owner_id: Fixed<string>;
    upstream: Fixed<string>;
    tool: Fixed<string>;
    /** The exact text whose SHA-256 is `action_digest`; holds the arguments. Changes as a person gives less than was asked, and as more calls join an amendment that nobody has signed. */
    signed_action: Json;
    /** What the page shows beyond the signed action: sentence, chips, task, policy reasons. */
    presented: Json;
    requirement: Json;
    state: 'requested' | 'approved' | 'denied' | 'expired' | 'cancelled' | 'released';
    reason: string | null;
    requested_at: Fixed<number>;
    /** Sooner once one person let it through alone. */
    expires_at: number;
    decided_at: number | null;
    released_at: number | null;
    /** Record that asked, to link what follows. */
    requested_record: Fixed<string>;
    /** `call`: asked for when the call came. `once`, `authority`: asked for ahead, through the backchannel. `amendment`: of a task's grant. */
    kind: ColumnType<ApprovalKind, ApprovalKind | undefined, never>;
    /** Whom the agent named when it asked ahead. */
    asked_person_id: ColumnType<string | null, string | null | undefined, never>;
    /** The run of drills or the check that it belongs to: it can be decided and never releases anything. */
    drill: ColumnType<string | null, string | null | undefined, never>;
    /** Whom it checks, alone: it can never be approved or released, which the database itself refuses. Null for all else. */
    check_person_id: ColumnType<string | null, string | null | undefined, never>;
    /** The denied request that a check shows again. */
    check_of: ColumnType<string | null, string | null | undefined, never>;
    /** How many steps of the escalation were told. */
    escalated_steps: Generated<number>;
    /** By how much the escalation was brought forward, because nobody could be told. */
    advanced_milliseconds: Generated<number>;
    /** What a grant can be made of; null for what cannot be more than one call. */
    grant_basis: ColumnType<Json | null, Json | null | undefined, never>;
    /** Equal for requests that one signature may approve together; null for those decided alone. */
    group_id: ColumnType<string | null, string | null | undefined, never>;
  };
  /** Signed receipts of decisions. */
  approval_receipts: {
    /** Counts all of them. */
    number: Fixed<number>;
    approval_id: Fixed<string>;
    /** A yes may be followed by a no: then there are two. */
    outcome: Fixed<'approved' | 'denied'>;
    /** Its place in a status list. */
    list: Fixed<string>;
    idx: Fixed<number>;
    /** SD-JWT VC with all its disclosures. */
    credential: Fixed<string>;
    issued_at: Fixed<number>;
  };
  /** When each person is checked in a week, as it was drawn; `settled_at` once it was sent or is left out. */
  approval_check_plans: {
    person_id: Fixed<string>;
    /** Of 7 days since 1970. */
    week: Fixed<number>;
    position: Fixed<number>;
    due_at: number;
    settled_at: number | null;
  };
  /** Whom a request was put before. */
  approval_asks: { approval_id: Fixed<string>; person_id: Fixed<string>; at: Fixed<number> };
  /** A yes that its person took for a mistake later. */
  approval_regrets: {
    approval_id: Fixed<string>;
    person_id: Fixed<string>;
    reason: Fixed<string>;
    at: Fixed<number>;
  };
  approval_votes: {
    approval_id: Fixed<string>;
    person_id: Fixed<string>;
    outcome: Fixed<'approve' | 'deny'>;
    reason: Fixed<string | null>;
    credential_id: Fixed<string | null>;
    /** WebAuthn assertion kept so that anyone can verify the signature again. */
    evidence: Fixed<Json>;
    /** How the person read before, as their browser says: a measure of care and no proof of anything. */
    reading: ColumnType<Json | null, Json | null | undefined, never>;
    at: Fixed<number>;
  };
}
