/** Which pieces of telemetry came lately, so that each is recorded once. */
export const migration0042 = {
  name: '0042-told-pieces',
  statements: [
    'CREATE TABLE told_pieces (key TEXT NOT NULL PRIMARY KEY, at {integer} NOT NULL)',
    'CREATE INDEX told_pieces_by_time ON told_pieces (at)',
  ],
} as const;
