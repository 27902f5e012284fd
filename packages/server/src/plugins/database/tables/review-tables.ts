import type { Fixed, Json } from './column.ts';

/** What authority was used for, and what people made of it. Days are whole days since 1970 in UTC. */
export interface ReviewTables {
  /** The row `ledger`: records from `counted` on are not counted yet, those before `counted_from` never were. */
  use_progress: { name: Fixed<string>; counted: number; counted_from: number; at: number };
  /** Of each delegation of a chain, what was done under it on a day, by whom. */
  delegation_use: {
    delegation_id: Fixed<string>;
    agent_id: Fixed<string>;
    day: Fixed<number>;
    upstream: Fixed<string>;
    tool: Fixed<string>;
    effects: Fixed<Json>;
    data_domain: Fixed<string>;
    environment: Fixed<string>;
    /** Of what was spent; empty when nothing was. */
    currency: Fixed<string>;
    /** 1 for the delegation that the acting agent itself holds: over these rows each call counts once. */
    is_own: Fixed<number>;
    /** Links from this delegation down to the acting agent's. */
    depth: Fixed<number>;
    allowed: number;
    denied: number;
    asked: number;
    spend_minor: number;
    first_at: number;
    last_at: number;
    last_record: string;
  };
  agent_days: {
    agent_id: Fixed<string>;
    day: Fixed<number>;
    calls: number;
    denied: number;
    /** 24 counts, by hour in UTC. */
    hours: Json;
    /** By hour, the last record of it. */
    hour_records: Json;
  };
  agent_use: { agent_id: Fixed<string>; first_at: number; last_at: number; last_record: string };
  /** Networks and keys an agent was seen with; a bounded number of them each. */
  agent_places: {
    agent_id: Fixed<string>;
    network: Fixed<string>;
    key_thumbprint: Fixed<string>;
    first_at: number;
    last_at: number;
    /** When it was last used within minutes of another of the same agent. */
    met_at: number | null;
  };
  agent_handovers: {
    id: Fixed<string>;
    from_person_id: Fixed<string | null>;
    to_person_id: Fixed<string>;
    state: 'proposed' | 'accepted' | 'declined' | 'expired' | 'withdrawn';
    reason: Fixed<string | null>;
    /** What was proposed: the exact text whose SHA-256 is `digest`. */
    content: Fixed<Json>;
    digest: Fixed<string>;
    proposed_by: Fixed<string>;
    proposed_record: Fixed<string>;
    proposed_at: Fixed<number>;
    expires_at: Fixed<number>;
    decided_at: number | null;
    /** What the new owner chose for each: the exact text that was signed. */
    choice: Json | null;
    evidence: Json | null;
    /** By agent, what became of it. */
    outcomes: Json | null;
  };
  reviews: {
    id: Fixed<string>;
    title: Fixed<string>;
    scope: Fixed<Json>;
    state: 'open' | 'closed';
    at_deadline: Fixed<'shrink' | 'nothing'>;
    window_days: Fixed<number>;
    opened_by: Fixed<string>;
    opened_record: Fixed<string>;
    opened_at: Fixed<number>;
    due_at: Fixed<number>;
    reminded_at: number | null;
    closed_at: number | null;
    /** Signed, whole. */
    report: Json | null;
  };
  review_items: {
    id: Fixed<string>;
    review_id: Fixed<string>;
    agent_id: Fixed<string>;
    /** Null: an agent that holds none. */
    delegation_id: Fixed<string | null>;
    owner_id: Fixed<string>;
    tier: Fixed<number>;
    state: 'open' | 'decided' | 'undone' | 'left';
    reviewers: Json;
    decision: 'shrink' | 'keep' | 'revoke' | 'retire' | null;
    decided_by: string | null;
    decided_at: number | null;
    reason: string | null;
    /** The exact text that was signed. */
    content: Json | null;
    evidence: Json | null;
    milliseconds: number | null;
    from_delegation: string | null;
    to_delegation: string | null;
    undone_by: string | null;
    undone_at: number | null;
    undo_content: Json | null;
    undo_evidence: Json | null;
    /** What was added to the policies, with the versions before and after. */
    policy_change: Json | null;
    /** The version without it, when it was undone. */
    policy_undone: string | null;
  };
  review_schedules: {
    name: Fixed<string>;
    every_seconds: number;
    settings: Json;
    next_at: number;
    set_by: string;
    set_at: number;
  };
}
