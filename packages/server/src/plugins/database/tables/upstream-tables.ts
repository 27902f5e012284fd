import type { Reversibility } from '@countersign/core';
import type { ColumnType } from 'kysely';
import type { Fixed, Json } from './column.ts';

/**
 * An MCP server over Streamable HTTP or as a program, an HTTP API that an OpenAPI document describes, a model provider, a peer
 * agent (A2A), or a program whose own tools never cross the gateway: it asks before it uses them.
 */
export type UpstreamKind = 'mcp-http' | 'mcp-stdio' | 'http' | 'model' | 'a2a' | 'hooks';

/** What is behind the gateway, and its credentials. */
export interface UpstreamTables {
  upstreams: {
    name: Fixed<string>;
    kind: Fixed<UpstreamKind>;
    /** Address or command, secret references, limits; never a secret's value. */
    settings: Json;
    environment: string;
    /** The OpenAPI document that a person gave, or the tools that a program has of its own; null for all else. */
    document: string | null;
    created_at: Fixed<number>;
  };
  /** A person's account at an upstream; its tokens are in the secret store. */
  upstream_connections: {
    id: Fixed<string>;
    upstream: Fixed<string>;
    person_id: Fixed<string>;
    issuer: Fixed<string>;
    /** RFC 8707; null when the issuer was asked for none. */
    resource: Fixed<string | null>;
    client_id: Fixed<string>;
    scopes: Fixed<Json>;
    /** 1 when its tokens are bound to a key. */
    is_bound: Fixed<number>;
    made_record: Fixed<string>;
    created_at: Fixed<number>;
    refreshed_at: number | null;
    ended_at: number | null;
    end_reason: string | null;
  };
  /** People on their way to an authorization server and back; each is taken once. */
  upstream_authorizations: {
    /** SHA-256 of the state. */
    state_digest: Fixed<string>;
    session_id: Fixed<string>;
    person_id: Fixed<string>;
    upstream: Fixed<string>;
    issuer: Fixed<string>;
    /** Code verifier and binding key, sealed with the master key. */
    sealed: Fixed<string>;
    created_at: Fixed<number>;
    expires_at: Fixed<number>;
  };
  tools: {
    upstream: Fixed<string>;
    name: Fixed<string>;
    /** SHA-256 of the canonical accepted definition. */
    digest: string;
    definition: Json;
    /** The changed definition that waits for a person, if any. */
    offered_digest: string | null;
    offered_definition: Json | null;
    state: 'pinned' | 'quarantined' | 'missing';
    effects: Json;
    data_domain: string;
    /** 1 once a person has confirmed effects and data domain. */
    confirmed: number;
    /** Whether what it does can be taken back; never `reversible` before a person has said so. */
    reversibility: ColumnType<Reversibility, Reversibility | undefined, Reversibility>;
    /** What is proposed of the definition a person has to judge next, and why; null for tools that are older than proposals. */
    proposal: ColumnType<Json | null, Json | null | undefined, Json | null>;
    /** What the scan found in the definition a person has to judge next, or else in the one in force; null before a scan. */
    findings: ColumnType<Json | null, Json | null | undefined, Json | null>;
    /** Digest of the findings that a person acknowledged with the definition in force. */
    findings_seen: ColumnType<string | null, string | null | undefined, string | null>;
    /** JSON pointer to the amount in minor units, for tools that spend; null when there is none. */
    amount_pointer: string | null;
    /** ISO 4217 code of that amount, or a JSON pointer to it. */
    amount_currency: string | null;
    /** What a person said of its arguments and of what it returns; null where nobody has said so. */
    argument_roles: ColumnType<Json | null, Json | null | undefined, Json | null>;
    result_labels: ColumnType<Json | null, Json | null | undefined, Json | null>;
    /** What a person lets be said of its calls where somebody is asked; null where nobody has said so. */
    sentence: ColumnType<string | null, string | null | undefined, string | null>;
    /** Where it stood in the upstream's own list: models read lists from the top. */
    position: number;
    pinned_at: number;
  };
  /** What agents have begun at peer agents, under ids of ours. */
  peer_tasks: {
    id: Fixed<string>;
    upstream: Fixed<string>;
    agent_id: Fixed<string>;
    /** The task of ours in which it was begun; it is forgotten with that. */
    task_id: Fixed<string>;
    tool: Fixed<string>;
    /** Our id of the talk that it belongs to. */
    context: Fixed<string>;
    /** What the peer calls the task and the talk; null before it has said so. */
    remote: string | null;
    remote_context: string | null;
    /** The approval that the call waits or waited for, and which of its calls it is; null when it needed none. */
    approval_id: string | null;
    arguments_digest: Fixed<string | null>;
    /** Obligations of the call that began it: its answers come in what follows. */
    owed: Json;
    /** `TASK_STATE_…` as last told, or `MESSAGE` for an answer that was no task. */
    state: string;
    created_at: Fixed<number>;
    changed_at: number;
  };
  /** Since when a secret has its present value, as far as this server has seen. */
  secret_ages: {
    name: Fixed<string>;
    /** Digest of the value, sealed with the master key, to know it again where the store tells no time. */
    fingerprint: string;
    since: number;
    /** When people were last told that it grows old; null since its last change. */
    warned_at: number | null;
  };
  /** How often a store's file has changed, so that an older copy of it is found out. */
  secret_generations: { store: Fixed<string>; generation: number };
}
