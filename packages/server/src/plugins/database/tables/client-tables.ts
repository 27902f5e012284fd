import type { Fixed, Json } from './column.ts';

/** Programs that people use, and what they consented to. */
export interface ClientTables {
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
    /** The record of the consent. */
    record: Fixed<string>;
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
}
