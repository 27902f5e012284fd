/** What a gateway says of itself once it has taken a stream. */
export const migration0068 = {
  name: '0068-gateways',
  statements: [
    'ALTER TABLE ledger_streams ADD COLUMN public_url TEXT',
    'ALTER TABLE ledger_streams ADD COLUMN release TEXT',
    'ALTER TABLE ledger_streams ADD COLUMN started_at {integer}',
  ],
} as const;
