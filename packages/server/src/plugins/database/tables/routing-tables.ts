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
    /** What the giver's passkey signed, and its SHA-256. */
    signed_text: Fixed<Json>;
    digest: Fixed<string>;
    evidence: Fixed<Json>;
    given_at: Fixed<number>;
    ended_at: number | null;
    end_reason: string | null;
    record: Fixed<string>;
  };
  /** Approvals that one person gave alone in an emergency. */
  approval_glass: {
    approval_id: Fixed<string>;
    person_id: Fixed<string>;
    reason: Fixed<string>;
    at: Fixed<number>;
    review_due_at: Fixed<number>;
    record: Fixed<string>;
    reviewed_by: string | null;
    reviewed_at: number | null;
    finding: 'justified' | 'not_justified' | null;
    note: string | null;
  };
  /** When a person is not told of what waits. */
  quiet_hours: {
    person_id: Fixed<string>;
    from_minute: number;
    until_minute: number;
    time_zone: string;
  };
}
