/** The sentence that people vouch for of each tool, and how long they read before they decided. */
export const migration0028 = {
  name: '0028-approval-page',
  statements: [
    'ALTER TABLE tools ADD COLUMN sentence TEXT',
    'ALTER TABLE approval_votes ADD COLUMN reading TEXT',
  ],
} as const;
