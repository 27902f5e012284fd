/** What the scan of a tool's definition found, and which of it a person has acknowledged. */
export const migration0020 = {
  name: '0020-tool-findings',
  statements: [
    'ALTER TABLE tools ADD COLUMN findings TEXT',
    'ALTER TABLE tools ADD COLUMN findings_seen TEXT',
  ],
} as const;
