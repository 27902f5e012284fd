import type { Fixed, Json } from './column.ts';

/** People who left, and what directories keep here through SCIM. */
export interface ProvisioningTables {
  /** A person who left, or lost what let them own agents, by the record that says so. */
  leavings: {
    record: Fixed<string>;
    person_id: Fixed<string>;
    kind: Fixed<'left' | 'lost_roles'>;
    cause: Fixed<'scim' | 'oidc' | 'signal' | 'administrator'>;
    /** The cause, or `signal/<transmitter>`: what one said no other takes back. */
    source: Fixed<string>;
    /** The person's state before the first of the leavings in force together. */
    state_before: Fixed<'invited' | 'active' | 'suspended'>;
    at: Fixed<number>;
    /** How many have lost their owner so far. */
    agents: number;
    /** How many have been revoked so far. */
    delegations: number;
    /** Null while agents and delegations are still to be ended. */
    finished_at: number | null;
    returned_at: number | null;
  };
  scim_tokens: {
    id: Fixed<string>;
    digest: Fixed<string>;
    name: Fixed<string>;
    /** Tokens of one directory see the same people and groups, and no others. */
    directory: Fixed<string>;
    /** 1 when it may keep agents too. */
    agents: Fixed<number>;
    created_at: Fixed<number>;
    expires_at: Fixed<number>;
    last_used_at: number | null;
    removed_at: number | null;
  };
  scim_users: {
    person_id: Fixed<string>;
    directory: Fixed<string>;
    user_name: string;
    /** What it is compared by: names are unique whatever their case. */
    user_name_key: string;
    external_id: string | null;
    /** What the directory said last. */
    active: number;
    /** Everything else it said, as SCIM. */
    attributes: Json;
    version: number;
    created_at: Fixed<number>;
    changed_at: number;
  };
  scim_groups: {
    id: Fixed<string>;
    directory: Fixed<string>;
    display_name: string;
    display_name_key: string;
    external_id: string | null;
    /** What being in it gave when that was last worked out. */
    gives: Json;
    version: number;
    created_at: Fixed<number>;
    changed_at: number;
  };
  scim_members: { group_id: Fixed<string>; person_id: Fixed<string> };
  /** People whose groups changed and have still to be worked out. */
  scim_regroupings: { person_id: Fixed<string>; token: string };
}
