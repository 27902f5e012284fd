import type { Fixed, Json } from './column.ts';

/** What agents ask people for, and where they are told of the answer. */
export interface BackchannelTables {
  /** One request of the backchannel endpoint, also a refused one, so that what an agent asked in a time can be counted. */
  backchannel_asks: {
    id: Fixed<string>;
    /** SHA-256 of the `auth_req_id`; null when the request was refused. */
    secret_digest: Fixed<string | null>;
    /** The `auth_req_id` itself, sealed, for an agent that asks the same again; wiped once delivered. */
    sealed_secret: string | null;
    agent_id: Fixed<string>;
    /** Null: nobody here could be meant. */
    person_id: Fixed<string | null>;
    kind: Fixed<'once' | 'authority' | null>;
    /** Equal requests have equal digests. */
    ask_digest: Fixed<string>;
    /** Name of what proved, or will prove, possession. */
    proof_key: Fixed<string>;
    approval_id: Fixed<string | null>;
    upstreams: Fixed<Json>;
    details: Fixed<Json>;
    call_digest: Fixed<string | null>;
    task_id: Fixed<string | null>;
    asked_record: Fixed<string | null>;
    asked_at: Fixed<number>;
    expires_at: Fixed<number>;
    interval_seconds: number;
    polled_at: number | null;
    polls: number;
    early_polls: number;
    delivered_at: number | null;
    /** `client_notification_token`, sealed; wiped once used. */
    sealed_notification: string | null;
    /** When to try to notify, at the earliest; null when there is nothing (more) to notify. */
    notify_after: number | null;
    notify_attempts: number;
  };
  /** `backchannel_client_notification_endpoint` of agents that want to be told. */
  backchannel_endpoints: { agent_id: Fixed<string>; url: string; set_at: number };
}
