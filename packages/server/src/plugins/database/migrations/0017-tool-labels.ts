/** What a person says of the arguments and results of a tool; null where nobody has said so. */
export const migration0017 = {
  name: '0017-tool-labels',
  statements: [
    'ALTER TABLE tools ADD COLUMN argument_roles TEXT',
    'ALTER TABLE tools ADD COLUMN result_labels TEXT',
  ],
} as const;
