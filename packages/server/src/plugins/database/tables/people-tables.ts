import type { Generated } from 'kysely';
import type { Fixed, Json } from './column.ts';

/** Humans and how they prove themselves. */
export interface PeopleTables {
  people: {
    id: Fixed<string>;
    display_name: string;
    email: string | null;
    /** Roles and groups that administrators gave. */
    roles: Json;
    /** By directory, the roles and groups that it gives. */
    directory_groups: Generated<Json>;
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
    /** From when it proves who its person is, for what changes authority; null until somebody confirms it. */
    counts_from: Generated<number | null>;
  };
  sessions: {
    id: Fixed<string>;
    secret_digest: string;
    person_id: Fixed<string>;
    created_at: Fixed<number>;
    /** When a passkey that counts last verified the person; 0 for never. */
    verified_at: number;
    expires_at: number;
    ended_at: number | null;
    method: Generated<'passkey' | 'oidc'>;
    /** Family of browser and system, as the browser said. */
    agent: Generated<string>;
    /** Of a session that a directory vouched for: who it said it is, and what it calls its own session. */
    issuer: string | null;
    subject: string | null;
    issuer_session: string | null;
  };
  /** Who a person is to an issuer; an e-mail address never is. */
  person_identities: {
    issuer: Fixed<string>;
    subject: Fixed<string>;
    person_id: Fixed<string>;
    linked_at: Fixed<number>;
    last_seen_at: number;
  };
  /** Logout tokens that were acted upon, until they have expired. */
  logout_tokens: {
    digest: Fixed<string>;
    expires_at: Fixed<number>;
  };
  /** Of people without a role: what of the ledger they may read, and until when. */
  audit_accesses: {
    id: Fixed<string>;
    person_id: Fixed<string>;
    scope: Fixed<string>;
    content: Fixed<0 | 1>;
    reason: Fixed<string>;
    given_by: Fixed<string>;
    given_at: Fixed<number>;
    until: Fixed<number>;
    ended_at: number | null;
    record: Fixed<string>;
  };
  /** What an administrator signs so that a person may read. */
  audit_proposals: {
    id: Fixed<string>;
    signed_text: Fixed<string>;
    digest: Fixed<string>;
    proposed_by: Fixed<string>;
    proposed_at: Fixed<number>;
    proposed_record: Fixed<string>;
    expires_at: Fixed<number>;
    signed_by: string | null;
    evidence: string | null;
  };
  /** Of people who lost all their passkeys. */
  recoveries: {
    id: Fixed<string>;
    person_id: Fixed<string>;
    opened_by: Fixed<string>;
    reason: Fixed<string>;
    opened_at: Fixed<number>;
    confirmed_by: string | null;
    token_digest: string | null;
    /** Of the confirmation that is waited for, then of the link. */
    expires_at: number;
    ended_at: number | null;
    outcome: 'used' | 'ended' | 'expired' | null;
    record: string;
  };
}
