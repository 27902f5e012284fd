import type { ColumnType } from 'kysely';
import type { Fixed, Json } from './column.ts';

/** What an approval lets happen; see `approvals.kind`. */
export type ApprovalKind = 'call' | 'once' | 'authority';

/** Policies and approvals. */
export interface DecisionTables {
  policy_bundles: {
    version: Fixed<string>;
    source: Fixed<Json>;
    schema_digest: Fixed<string>;
    created_at: Fixed<number>;
    activated_at: number | null;
    activated_by: string | null;
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
    /** The exact text whose SHA-256 is `action_digest`; holds the arguments. Changes only as a person gives less than was asked. */
    signed_action: Json;
    /** What the page shows beyond the signed action: sentence, chips, task, policy reasons. */
    presented: Fixed<Json>;
    requirement: Fixed<Json>;
    state: 'requested' | 'approved' | 'denied' | 'expired' | 'cancelled' | 'released';
    reason: string | null;
    requested_at: Fixed<number>;
    expires_at: Fixed<number>;
    decided_at: number | null;
    released_at: number | null;
    /** Record that asked, to link what follows. */
    requested_record: Fixed<string>;
    /** `call`: asked for when the call came. `once`, `authority`: asked for ahead, through the backchannel. */
    kind: ColumnType<ApprovalKind, ApprovalKind | undefined, never>;
    /** Whom the agent named when it asked ahead. */
    asked_person_id: ColumnType<string | null, string | null | undefined, never>;
  };
  approval_votes: {
    approval_id: Fixed<string>;
    person_id: Fixed<string>;
    outcome: Fixed<'approve' | 'deny'>;
    reason: Fixed<string | null>;
    credential_id: Fixed<string | null>;
    /** WebAuthn assertion kept so that anyone can verify the signature again. */
    evidence: Fixed<Json>;
    at: Fixed<number>;
  };
}
