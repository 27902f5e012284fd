/** Which transmitter said it, in which order, and of which part of a subject; how streams fare. */
export const migration0034 = {
  name: '0034-signal-sources',
  statements: [
    'ALTER TABLE signals_received ADD COLUMN issued_at {integer} NOT NULL DEFAULT 0',
    'ALTER TABLE signals_received ADD COLUMN arrival {integer} NOT NULL DEFAULT 0',
    'ALTER TABLE signals_received ADD COLUMN subject_part TEXT',
    'UPDATE signals_received SET issued_at = at',
    'CREATE INDEX signals_received_by_subject ON signals_received (transmitter, subject_id, issued_at)',
    "ALTER TABLE leavings ADD COLUMN source TEXT NOT NULL DEFAULT ''",
    'UPDATE leavings SET source = cause',
    'ALTER TABLE signal_streams ADD COLUMN refusals {integer} NOT NULL DEFAULT 0',
    'ALTER TABLE signal_streams ADD COLUMN tried_at {integer} NOT NULL DEFAULT 0',
  ],
} as const;
