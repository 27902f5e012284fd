/** What a review changed in policies beside the delegation, and by which version that was taken back. */
export const migration0036 = {
  name: '0036-review-policies',
  statements: [
    'ALTER TABLE review_items ADD COLUMN policy_change TEXT',
    'ALTER TABLE review_items ADD COLUMN policy_undone TEXT',
    'ALTER TABLE approval_glass ADD COLUMN review_text TEXT',
    'ALTER TABLE approval_glass ADD COLUMN review_evidence TEXT',
  ],
} as const;
