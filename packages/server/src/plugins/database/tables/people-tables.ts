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
}
