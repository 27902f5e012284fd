import type { Fixed, Json } from './column.ts';

/** Who is asked for an approval, and when. */
export interface RoutingTables {
  /** People who take turns on call. */
  approval_rotas: {
    name: Fixed<string>;
    /** Ids, in the order of their turns. */
    people: Json;
    period_days: number;
    /** The day of the first turn, as the calendar of the time zone has it. */
    starts_on: string;
    handover_minute: number;
    time_zone: string;
    /** `RotaOverride[]` of @countersign/core. */
    overrides: Json;
    changed_at: number;
  };
  /** Duties to approve that people handed to others for a time. */
  approval_duties: {
    id: Fixed<string>;
    giver_id: Fixed<string>;
    holder_id: Fixed<string>;
    /** Roles and groups it is limited to; null for all. */
    names: Fixed<Json | null>;
    from_at: Fixed<number>;
    until_at: Fixed<number>;
    /** What the giver's passkey signs, and its SHA-256. */
    signed_text: Fixed<Json>;
    digest: Fixed<string>;
    proposed_at: Fixed<number>;
    /** Null until the giver has signed; then it counts. */
    given_at: number | null;
    evidence: Json | null;
    record: string | null;
    ended_at: number | null;
    end_reason: string | null;
  };
  /** What one person lets through alone in an emergency: written first, then signed, then reviewed by another. */
  approval_glass: {
    id: Fixed<string>;
    approval_id: Fixed<string>;
    reason: Fixed<string>;
    signed_text: Fixed<Json>;
    digest: Fixed<string>;
    proposed_at: Fixed<number>;
    /** Null, like what follows, until somebody has signed. */
    person_id: string | null;
    broken_at: number | null;
    review_due_at: number | null;
    record: string | null;
    reviewed_by: string | null;
    reviewed_at: number | null;
    finding: 'justified' | 'not_justified' | null;
    note: string | null;
    /** What its reviewer signed, with the WebAuthn evidence. */
    review_text: Json | null;
    review_evidence: Json | null;
  };
  /** When a person is not told of what waits. */
  quiet_hours: {
    person_id: Fixed<string>;
    from_minute: number;
    until_minute: number;
    time_zone: string;
  };
}
