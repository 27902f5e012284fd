import type { Fixed, Json } from './column.ts';

/** What others are told of, and what they tell. */
export interface SignalTables {
  /** Which models agents have asked: a row for each use, and one for all beyond so many. */
  agent_models: {
    agent_id: Fixed<string>;
    fingerprint: Fixed<string>;
    upstream: string;
    asked: string;
    answered: string;
    system_digest: string | null;
    tools_digest: string | null;
    first_at: Fixed<number>;
    last_at: number;
    /** When a change to it was last told, and the record that tells it. */
    told_at: number | null;
    record: string | null;
  };
  security_events: {
    id: Fixed<string>;
    /** Of CAEP or RISC; see `security-event.ts`. */
    kind: Fixed<string>;
    /** Whom it is about: a person or an agent. */
    person_id: Fixed<string | null>;
    agent_id: Fixed<string | null>;
    reason: Fixed<string>;
    facts: Fixed<Json>;
    /** The ledger record it follows from. */
    record: Fixed<string>;
    at: Fixed<number>;
    /** When it was put into the queue of every stream that is told of it. */
    distributed_at?: number | null;
  };
  /** What makes a person's risk more than low; each source speaks for itself alone. */
  person_risks: {
    person_id: Fixed<string>;
    source: Fixed<string>;
    level: 'medium' | 'high';
    reason: string;
    set_at: number;
    expires_at: number;
    record: string;
  };
  /** Programs that are told of security events. */
  signal_receivers: {
    id: Fixed<string>;
    name: Fixed<string>;
    /** SHA-256 of its token, which is shown once. */
    token_digest: string;
    /** `ReceiverSettings` of the signals noun. */
    settings: Fixed<Json>;
    created_at: Fixed<number>;
    created_by: Fixed<string>;
    record: Fixed<string>;
  };
  signal_streams: {
    id: Fixed<string>;
    receiver_id: Fixed<string>;
    /** `StreamSettings` of the signals noun. */
    settings: Json;
    /** The Authorization header that the receiver wants with what is pushed. */
    sealed_authorization: string | null;
    status: 'enabled' | 'paused' | 'disabled';
    status_reason: string | null;
    next_position: number;
    /** Vain ones since the last delivery. */
    attempts: number;
    /** Those of them that the receiver refused. */
    refusals: number;
    /** When something was last pushed, or tried to be. */
    tried_at: number;
    /** Nothing is pushed before. */
    due_at: number;
    /** When the receiver last asked for a verification. */
    verified_at: number | null;
    created_at: Fixed<number>;
  };
  /** Whom a stream is about, by the id here, as its receiver calls them. */
  signal_subjects: {
    stream_id: Fixed<string>;
    subject_id: Fixed<string>;
    subject: Json;
    is_removed: number;
  };
  /** Events on their way, the oldest first; a row goes when the receiver has it. */
  signal_queue: {
    stream_id: Fixed<string>;
    position: Fixed<number>;
    jti: Fixed<string>;
    txn: Fixed<string>;
    subject: Fixed<Json>;
    /** URI of the event type. */
    event: Fixed<string>;
    payload: Fixed<Json>;
    at: Fixed<number>;
  };
  /** What was received, so that nothing takes effect twice, and nothing is forgotten half way. */
  signals_received: {
    transmitter: Fixed<string>;
    jti: Fixed<string>;
    at: Fixed<number>;
    event: Fixed<string>;
    /** A person or an agent here; null when nobody here is meant. */
    subject_id: Fixed<string | null>;
    /** When its transmitter says that it issued it, in epoch milliseconds. */
    issued_at: Fixed<number>;
    /** Counted for each subject of a transmitter: which of those issued in one second came later. */
    arrival: Fixed<number>;
    /** Digest of what else than a user the subject names; null where it names nothing else. */
    subject_part: Fixed<string | null>;
    /** What of the event the effect needs. */
    facts: Fixed<Json>;
    record: string | null;
    outcome: string;
    attempts: number;
    /** When the effect is due; null once there is nothing left to do. */
    due_at: number | null;
  };
}
