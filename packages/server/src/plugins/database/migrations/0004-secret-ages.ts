/** Ages of secrets, and how far each secret store has come. */
export const migration0004 = {
  name: '0004-secret-ages',
  statements: [
    `CREATE TABLE secret_ages (name TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, since {integer} NOT NULL, warned_at {integer})`,
    `CREATE TABLE secret_generations (store TEXT PRIMARY KEY, generation {integer} NOT NULL)`,
  ],
} as const;
