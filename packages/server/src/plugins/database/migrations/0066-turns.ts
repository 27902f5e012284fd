/**
 * What one gateway of a database does at a time, and which: as long as `ledger_streams` has its holder. And what may be used once
 * wherever it is shown: its digest, until nobody would take it any more.
 */
export const migration0066 = {
  name: '0066-turns',
  statements: [
    'CREATE TABLE gateway_turns (name TEXT PRIMARY KEY, stream {integer} NOT NULL, holder TEXT NOT NULL)',
    'CREATE TABLE used_once (digest TEXT PRIMARY KEY, expires_at {integer} NOT NULL)',
    'CREATE INDEX used_once_expires_at ON used_once(expires_at)',
  ],
} as const;
