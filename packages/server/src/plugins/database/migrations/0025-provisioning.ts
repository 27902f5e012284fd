/** People who left, and what directories keep here through SCIM. */
export const migration0025 = {
  name: '0025-provisioning',
  statements: [
    `CREATE TABLE leavings (
      record TEXT PRIMARY KEY,
      person_id TEXT NOT NULL REFERENCES people(id),
      kind TEXT NOT NULL,
      cause TEXT NOT NULL,
      state_before TEXT NOT NULL,
      at {integer} NOT NULL,
      agents {integer} NOT NULL,
      delegations {integer} NOT NULL,
      finished_at {integer},
      returned_at {integer}
    )`,
    'CREATE INDEX leavings_person ON leavings(person_id)',
    'CREATE INDEX leavings_unfinished ON leavings(at) WHERE finished_at IS NULL',
    `CREATE TABLE scim_tokens (
      id TEXT PRIMARY KEY,
      digest TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      directory TEXT NOT NULL,
      agents {integer} NOT NULL,
      created_at {integer} NOT NULL,
      expires_at {integer} NOT NULL,
      last_used_at {integer},
      removed_at {integer}
    )`,
    `CREATE TABLE scim_users (
      person_id TEXT PRIMARY KEY REFERENCES people(id),
      directory TEXT NOT NULL,
      user_name TEXT NOT NULL,
      user_name_key TEXT NOT NULL,
      external_id TEXT,
      active {integer} NOT NULL,
      attributes TEXT NOT NULL,
      version {integer} NOT NULL,
      created_at {integer} NOT NULL,
      changed_at {integer} NOT NULL
    )`,
    'CREATE UNIQUE INDEX scim_users_name ON scim_users(directory, user_name_key)',
    'CREATE INDEX scim_users_external ON scim_users(directory, external_id)',
    `CREATE TABLE scim_groups (
      id TEXT PRIMARY KEY,
      directory TEXT NOT NULL,
      display_name TEXT NOT NULL,
      display_name_key TEXT NOT NULL,
      external_id TEXT,
      gives TEXT NOT NULL,
      version {integer} NOT NULL,
      created_at {integer} NOT NULL,
      changed_at {integer} NOT NULL
    )`,
    'CREATE UNIQUE INDEX scim_groups_name ON scim_groups(directory, display_name_key)',
    `CREATE TABLE scim_members (
      group_id TEXT NOT NULL REFERENCES scim_groups(id),
      person_id TEXT NOT NULL REFERENCES people(id),
      PRIMARY KEY (group_id, person_id)
    )`,
    'CREATE INDEX scim_members_person ON scim_members(person_id)',
    'CREATE TABLE scim_regroupings (person_id TEXT PRIMARY KEY REFERENCES people(id), token TEXT NOT NULL)',
  ],
} as const;
