import type { ColumnType, Generated } from 'kysely';
import type { Fixed, Json } from './column.ts';

export type TaskFactKind = 'upstream' | 'tool' | 'data_domain' | 'effect' | 'label' | 'denial' | 'grant_use';

/** Agents, what they may do for whom, and what stops them. */
export interface AuthorityTables {
  /** What an owner lets the world read of an agent. */
  agent_cards: {
    agent_id: Fixed<string>;
    /** Where the agent itself listens. */
    url: string;
    /** What was said of it; what this server adds is made when it is served. */
    card: Json;
    published_record: string;
    published_at: number;
  };
  agents: {
    id: Fixed<string>;
    name: Fixed<string>;
    owner_id: string;
    purpose: string;
    environment: string;
    /** Names that policies know it by together with others. */
    group_names: ColumnType<Json, Json | undefined, Json>;
    state: 'registered' | 'active' | 'suspended' | 'orphaned' | 'retired';
    /** An interactive agent stands for one client in the hands of one person and has no key of its own. */
    kind: ColumnType<'registered' | 'interactive', 'registered' | 'interactive' | undefined, never>;
    created_at: Fixed<number>;
    changed_at: number;
    /** The hours in which it is meant to work; null: learned from what it does. */
    working_hours: ColumnType<Json | null, Json | null | undefined, Json | null>;
  };
  agent_keys: {
    thumbprint: Fixed<string>;
    agent_id: Fixed<string>;
    jwk: Fixed<Json>;
    created_at: Fixed<number>;
    /** Null while the key is current; a rotated key stays valid until then. */
    valid_until: number | null;
  };
  /** A workload that is the agent: attested by the trust, named exactly so, with all these facts. */
  agent_workloads: {
    id: Fixed<string>;
    agent_id: Fixed<string>;
    trust: Fixed<string>;
    subject: Fixed<string>;
    facts: Fixed<Json>;
    created_at: Fixed<number>;
    removed_at: number | null;
  };
  /** Each assertion belongs to the proof key it was first used with, for as long as it lives. */
  workload_assertions: {
    digest: Fixed<string>;
    proof_key: Fixed<string>;
    used_at: Fixed<number>;
    expires_at: Fixed<number>;
  };
  delegations: {
    id: Fixed<string>;
    parent_id: Fixed<string | null>;
    from_person_id: Fixed<string | null>;
    from_agent_id: Fixed<string | null>;
    agent_id: Fixed<string>;
    /** The person at the head of the chain. */
    root_person_id: Fixed<string>;
    /** The task it was made in, with which it ends; null when it stands for itself. */
    task_id: Fixed<string | null>;
    purpose: Fixed<string>;
    /** `Limits` of @countersign/core. */
    limits: Fixed<Json>;
    is_default: number;
    created_at: Fixed<number>;
    expires_at: Fixed<number>;
    revoked_at: number | null;
    /** The delegation that stands in its place since it was narrowed or given back. */
    replaced_by: ColumnType<string | null, string | null | undefined, string | null>;
  };
  tasks: {
    id: Fixed<string>;
    delegation_id: Fixed<string>;
    agent_id: Fixed<string>;
    /** The task it works for: it spends from that one's budget too, and ends with it. */
    parent_task_id: Fixed<string | null>;
    purpose: Fixed<string>;
    /** Given once: when the task is opened, or later before anything was done in it, or by the person it is for. */
    prompt: string | null;
    limits: Fixed<Json>;
    opened_at: Fixed<number>;
    expires_at: Fixed<number>;
    ended_at: number | null;
    end_reason: string | null;
  };
  /** What a task or delegation has used; changed only together with the decision that spends it. */
  budgets: {
    holder: Fixed<string>;
    calls: number;
    spend_minor: number;
    result_rows: Generated<number>;
    result_bytes: Generated<number>;
  };
  /** What one gateway may spend of a delegation's budget by itself, and has spent of that. Its own until it is gone. */
  budget_slices: {
    holder: Fixed<string>;
    /** The holder of its seat. */
    gateway: Fixed<string>;
    granted_calls: Generated<number>;
    granted_spend_minor: Generated<number>;
    granted_rows: Generated<number>;
    granted_bytes: Generated<number>;
    calls: Generated<number>;
    spend_minor: Generated<number>;
    result_rows: Generated<number>;
    result_bytes: Generated<number>;
  };
  /** Which gateway alone has a first task, and those that work for it. */
  task_leases: {
    task_id: Fixed<string>;
    stream: number;
    /** The holder of its seat; empty: nobody, and whoever asks may have it. */
    holder: string;
    /** What the last one knew of it that is written nowhere else. */
    carried: Json | null;
  };
  /** What the tasks under this first one have done, each thing once, with how often it was noted. */
  task_facts: {
    task_id: Fixed<string>;
    fact: Fixed<TaskFactKind>;
    name: Fixed<string>;
    times: number;
    /** Where the last time stands in the order of what these tasks did, from 1 upwards; below: it is not known. */
    last_position: Generated<number>;
    last_at: Generated<number>;
    /** The same of the last time that was seen to end well. */
    completed_position: Generated<number>;
    completed_at: Generated<number>;
  };
  /** Where an agent's work in the tasks under a first one is held up until a person has looked at it. */
  task_pauses: {
    /** That says so. */
    record: Fixed<string>;
    /** The first task. */
    root_task_id: Fixed<string>;
    /** Empty: everybody's. */
    agent_id: Fixed<string>;
    /** In which it was found out. */
    task_id: Fixed<string>;
    cause: Fixed<string>;
    at: Fixed<number>;
    resumed_at: number | null;
  };
  /** What the tasks under this first one may do without a person being asked again. */
  task_grants: {
    task_id: Fixed<string>;
    /** What the grant was derived from; null when people gave all of it. */
    prompt: string | null;
    /** The person who signed that the prompt is theirs. */
    confirmed_by: string | null;
    /** The tools it was derived for, each with the digest of its definition. */
    tools: Json;
    task_grant: Json;
    /** By entry: in which task alone it counts, and until when. */
    bounds: Json;
    /** Counts the changes. */
    version: number;
    changed_at: number;
  };
  stops: {
    id: Fixed<string>;
    scope: Fixed<'agent' | 'delegation' | 'task' | 'owner' | 'tool' | 'upstream' | 'everything'>;
    target: Fixed<string>;
    by: Fixed<string>;
    reason: Fixed<string>;
    at: Fixed<number>;
    lifted_at: number | null;
  };
}
