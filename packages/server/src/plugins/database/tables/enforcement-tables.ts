import type { Fixed, Json } from './column.ts';

/** Programs that enforce decisions made here, and what they asked people for. */
export interface EnforcementTables {
  enforcement_points: {
    id: Fixed<string>;
    name: Fixed<string>;
    /** `EnforcementPoint` of the tokens noun, without id and name. */
    settings: Fixed<Json>;
    created_at: Fixed<number>;
    created_by: Fixed<string>;
    /** The record of its registration. */
    record: Fixed<string>;
  };
  /** AuthZEN Access Request and Approval Profile: requests that an enforcement point made after a denial. */
  access_requests: {
    id: Fixed<string>;
    enforcement_point_id: Fixed<string>;
    approval_id: Fixed<string>;
    /** The decision record of the denial. */
    evaluation_id: Fixed<string>;
    /** Of subject, resource, action and context, as the profile says. */
    binding_hash: Fixed<string>;
    /** What was denied, with names of its parts as in the request. */
    question: Fixed<Json>;
    idempotency_key: Fixed<string | null>;
    body_digest: Fixed<string>;
    created_at: Fixed<number>;
  };
  /** Pieces of telemetry that were recorded lately: a digest of what each is known by. */
  told_pieces: {
    key: Fixed<string>;
    at: Fixed<number>;
  };
  /** Which task a session of a program that asks through hooks works in now. */
  hook_sessions: {
    enforcement_point_id: Fixed<string>;
    /** The program's own name for it. */
    session_id: Fixed<string>;
    task_id: string;
    changed_at: number;
  };
}
