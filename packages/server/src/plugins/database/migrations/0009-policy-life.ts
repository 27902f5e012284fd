/** Who made a bundle, its signature, and how far each policy counts. */
export const migration0009 = {
  name: '0009-policy-life',
  statements: [
    `ALTER TABLE policy_bundles ADD COLUMN author TEXT`,
    `ALTER TABLE policy_bundles ADD COLUMN signature TEXT`,
    `ALTER TABLE policy_bundles ADD COLUMN signed_by TEXT`,
    `CREATE TABLE policy_modes (policy_id TEXT PRIMARY KEY, mode TEXT NOT NULL, since {integer} NOT NULL, seal TEXT NOT NULL)`,
    `CREATE TABLE policy_mode_changes (id TEXT PRIMARY KEY, policy_id TEXT NOT NULL, from_mode TEXT NOT NULL,
      to_mode TEXT NOT NULL, reason TEXT NOT NULL, signed_text TEXT NOT NULL, digest TEXT NOT NULL,
      proposed_by TEXT NOT NULL, proposed_record TEXT NOT NULL, proposed_at {integer} NOT NULL, expires_at {integer} NOT NULL,
      switched_by TEXT, switched_at {integer}, evidence TEXT)`,
  ],
} as const;
