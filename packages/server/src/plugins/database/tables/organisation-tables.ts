import type { Generated } from 'kysely';
import type { Fixed, Json } from './column.ts';

/** Other trust domains, and what is given on their word. */
export interface OrganisationTables {
  organisations: {
    id: Fixed<string>;
    name: Fixed<string>;
    state: 'active' | 'cut_off';
    terms: Json;
    changed_at: number;
    changed_record: string;
  };
  /** The agents registered here for which an organisation vouches: each for one at most. */
  organisation_agents: {
    agent_id: Fixed<string>;
    organisation_id: Fixed<string>;
  };
  /** What an administrator signs so that an organisation's terms are these. */
  organisation_changes: {
    id: Fixed<string>;
    signed_text: Fixed<string>;
    digest: Fixed<string>;
    proposed_by: Fixed<string>;
    proposed_at: Fixed<number>;
    proposed_record: Fixed<string>;
    expires_at: Fixed<number>;
    signed_by: string | null;
    evidence: Json | null;
  };
  /** Assertions that were used, until they are too old to be. */
  organisation_assertions: {
    digest: Fixed<string>;
    expires_at: Fixed<number>;
    /** Of its having been taken, and whose it was; unknown of those of earlier releases. */
    record: Generated<string | null>;
    issuer: Generated<string | null>;
  };
  /** Assertions of this server of which it is not known yet whether they were taken. */
  organisation_vouched: {
    /** Of our issuer and the assertion's id. */
    digest: Fixed<string>;
    organisation_id: Fixed<string>;
    audience: Fixed<string>;
    assertion: Fixed<string>;
    record: Fixed<string>;
    agent_id: Fixed<string>;
    task_id: Fixed<string>;
    tries: number;
    next_at: number;
    expires_at: Fixed<number>;
  };
  /** Tasks opened on an organisation's word. */
  organisation_tasks: {
    task_id: Fixed<string>;
    organisation_id: Fixed<string>;
    issuer: Fixed<string>;
    /** Who acted there, as the assertion says: `{ iss, sub }`, the subject first. */
    hops: Fixed<Json>;
    status_uri: Fixed<string | null>;
    status_index: Fixed<number | null>;
    record: Fixed<string>;
  };
}
