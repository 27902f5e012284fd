import type { ColumnType } from 'kysely';
import type { BackchannelTables } from './backchannel-tables.ts';

/** JSON is kept as text; the noun that owns a column parses it. Times are epoch milliseconds. Booleans are 0 or 1. */
type Json = string;
/** Set once on insert. */
type Fixed<T> = ColumnType<T, T, never>;

/** What an approval lets happen; see `approvals.kind`. */
export type ApprovalKind = 'call' | 'once' | 'authority';

export interface Schema extends BackchannelTables {
  people: {
    id: Fixed<string>;
    display_name: string;
    email: string | null;
    roles: Json;
    state: 'invited' | 'active' | 'suspended';
    created_at: Fixed<number>;
  };
  person_invites: {
    token_digest: Fixed<string>;
    person_id: Fixed<string>;
    created_at: Fixed<number>;
    expires_at: Fixed<number>;
    used_at: number | null;
  };
  passkeys: {
    credential_id: Fixed<string>;
    person_id: Fixed<string>;
    public_key: Fixed<Uint8Array>;
    counter: number;
    transports: Json;
    label: string;
    created_at: Fixed<number>;
    last_used_at: number | null;
  };
  sessions: {
    id: Fixed<string>;
    secret_digest: Fixed<string>;
    person_id: Fixed<string>;
    created_at: Fixed<number>;
    verified_at: number;
    expires_at: number;
    ended_at: number | null;
  };
  agents: {
    id: Fixed<string>;
    name: Fixed<string>;
    owner_id: string;
    purpose: string;
    environment: string;
    state: 'registered' | 'active' | 'suspended' | 'orphaned' | 'retired';
    /** An interactive agent stands for one client in the hands of one person and has no key of its own. */
    kind: ColumnType<'registered' | 'interactive', 'registered' | 'interactive' | undefined, never>;
    created_at: Fixed<number>;
    changed_at: number;
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
  };
  tasks: {
    id: Fixed<string>;
    delegation_id: Fixed<string>;
    agent_id: Fixed<string>;
    /** The task it works for: it spends from that one's budget too, and ends with it. */
    parent_task_id: Fixed<string | null>;
    purpose: Fixed<string>;
    prompt: Fixed<string | null>;
    limits: Fixed<Json>;
    opened_at: Fixed<number>;
    expires_at: Fixed<number>;
    ended_at: number | null;
    end_reason: string | null;
  };
  /** What a task or delegation has used; changed only together with the decision that spends it. */
  budgets: { holder: Fixed<string>; calls: number; spend_minor: number };
  server_keys: {
    kid: Fixed<string>;
    use: Fixed<'token' | 'ledger'>;
    alg: Fixed<'ES256' | 'EdDSA'>;
    public_jwk: Fixed<Json>;
    /** Private JWK sealed with the master key. */
    sealed_private: Fixed<string>;
    created_at: Fixed<number>;
    /** From then on it no longer signs; it stays in the JWKS until `removed_at`. */
    retired_at: number | null;
    removed_at: number | null;
  };
  /** Tokens revoked before they expired. */
  token_revocations: {
    jti: Fixed<string>;
    agent_id: Fixed<string>;
    /** When the token would have expired by itself, and the row means nothing any more. */
    expires_at: Fixed<number>;
    revoked_at: Fixed<number>;
    by: Fixed<string>;
  };
  /** Callers of the introspection endpoint that have no key of their own. */
  introspection_clients: {
    name: Fixed<string>;
    /** SHA-256 of its token, which is shown once. */
    token_digest: Fixed<string>;
    /** Names of the upstreams whose tokens it may ask about, or `"*"`. */
    upstreams: Fixed<Json>;
    created_at: Fixed<number>;
    created_by: Fixed<string>;
  };
  upstreams: {
    name: Fixed<string>;
    kind: Fixed<'mcp-http' | 'mcp-stdio'>;
    /** Address or command, secret references, limits; never a secret's value. */
    settings: Json;
    environment: string;
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
    /** JSON pointer to the amount in minor units, for tools that spend; null when there is none. */
    amount_pointer: string | null;
    /** ISO 4217 code of that amount, or a JSON pointer to it. */
    amount_currency: string | null;
    /** Where it stood in the upstream's own list: models read lists from the top. */
    position: number;
    pinned_at: number;
  };
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
  stops: {
    id: Fixed<string>;
    scope: Fixed<'agent' | 'delegation' | 'task' | 'owner' | 'tool' | 'upstream' | 'everything'>;
    target: Fixed<string>;
    by: Fixed<string>;
    reason: Fixed<string>;
    at: Fixed<number>;
    lifted_at: number | null;
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
  /** Interactive clients that an administrator or they themselves registered; others are known by their document's URL. */
  clients: {
    id: Fixed<string>;
    kind: Fixed<'registered' | 'dynamic'>;
    /** `ClientMetadata` of the tokens noun. */
    metadata: Fixed<Json>;
    /** Of what makes two dynamic registrations the same client; null for the administrator's. */
    identity_digest: Fixed<string | null>;
    /** Of the token that may read and delete the registration (RFC 7592). */
    management_digest: Fixed<string | null>;
    created_by: Fixed<string>;
    created_at: Fixed<number>;
    used_at: number | null;
  };
  /** What a person last consented to for a client; in force as long as its delegation is. */
  client_consents: {
    client_id: Fixed<string>;
    person_id: Fixed<string>;
    agent_id: string;
    delegation_id: string;
    redirect_uri: string;
    resources: Json;
    choices: Json;
    /** The record of the delegation's creation. */
    record: string;
    given_at: number;
  };
  /** The text that a person signed for a delegation, and the assertion, so that anyone can verify it again. */
  consent_evidence: {
    delegation_id: Fixed<string>;
    signed_text: Fixed<string>;
    evidence: Fixed<Json>;
    at: Fixed<number>;
  };
  /** RFC 9126; by the digest of the reference that the client got. */
  pushed_requests: {
    digest: Fixed<string>;
    client_id: Fixed<string>;
    parameters: Fixed<Json>;
    expires_at: Fixed<number>;
  };
  /** Authorization requests that a signed-in person has been shown. */
  consent_requests: {
    id: Fixed<string>;
    person_id: Fixed<string>;
    /** The session in which alone it may be answered. */
    session: Fixed<string>;
    client_id: Fixed<string>;
    /** Of person, session and all parameters: a page loaded again is the same request. */
    request_digest: Fixed<string>;
    request: Fixed<Json>;
    choices: Json;
    /** The canonical text of exactly the delegation shown, whose digest the passkey signs. */
    draft: string;
    draft_digest: string;
    state: 'open' | 'granted' | 'denied' | 'replaced';
    created_at: Fixed<number>;
    expires_at: Fixed<number>;
  };
  authorization_codes: {
    digest: Fixed<string>;
    client_id: Fixed<string>;
    person_id: Fixed<string>;
    agent_id: Fixed<string>;
    delegation_id: Fixed<string>;
    redirect_uri: Fixed<string>;
    code_challenge: Fixed<string>;
    resources: Fixed<Json>;
    dpop_jkt: Fixed<string | null>;
    /** The record it follows from. */
    cause: Fixed<string>;
    expires_at: Fixed<number>;
    used_at: number | null;
    /** What its first use got, which a second use ends. */
    family_id: string | null;
  };
  /** All tokens that one authorization code led to. */
  token_families: {
    id: Fixed<string>;
    client_id: Fixed<string>;
    person_id: Fixed<string>;
    agent_id: Fixed<string>;
    delegation_id: Fixed<string>;
    resources: Fixed<Json>;
    /** The DPoP key that every use must prove; null for a client without one. */
    jkt: Fixed<string | null>;
    /** Its open tasks, the newest last. */
    task_ids: Json;
    created_at: Fixed<number>;
    used_at: number;
    expires_at: Fixed<number>;
    ended_at: number | null;
    end_reason: string | null;
  };
  refresh_tokens: {
    digest: Fixed<string>;
    family_id: Fixed<string>;
    created_at: Fixed<number>;
    rotated_at: number | null;
  };
  ledger_entries: {
    seq: Fixed<number>;
    id: Fixed<string>;
    kind: Fixed<string>;
    at: Fixed<number>;
    /** Canonical entry: the Merkle leaf's bytes. */
    entry: Fixed<string>;
  };
  ledger_payloads: { seq: Fixed<number>; salt: Fixed<Uint8Array>; payload: Fixed<string> };
  /** Complete subtree roots, for proofs. */
  ledger_nodes: { level: Fixed<number>; position: Fixed<number>; hash: Fixed<Uint8Array> };
  /** Search: one row for each id a record names. */
  ledger_terms: { term: Fixed<string>; seq: Fixed<number> };
  ledger_checkpoints: {
    size: Fixed<number>;
    root: Fixed<Uint8Array>;
    note: Fixed<string>;
    at: Fixed<number>;
  };
}
