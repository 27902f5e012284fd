import type { PlainTool } from '@countersign/testkit';

export const PAYMENT_TOOLS: readonly PlainTool[] = [
  {
    name: 'list_invoices',
    description: 'Lists open invoices',
    inputSchema: {
      type: 'object',
      properties: { customer: { type: 'string' } },
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  {
    name: 'send_payment',
    description: 'Pays an invoice',
    inputSchema: {
      type: 'object',
      properties: {
        to: { type: 'string' },
        amount_minor: { type: 'integer', minimum: 1 },
        currency: { type: 'string' },
        reference: { type: 'string' },
      },
      required: ['to', 'amount_minor', 'currency'],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
  },
  {
    name: 'delete_customer',
    description: 'Deletes a customer for good',
    inputSchema: {
      type: 'object',
      properties: { customer: { type: 'string' } },
      required: ['customer'],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false },
  },
];

/** Reading is allowed, paying needs an approver, deleting is never allowed. */
export const PAYMENT_POLICY = `
@id("use-payments")
permit (principal, action, resource);

@id("ask-before-paying")
@stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action in Countersign::Action::"effect:spend", resource);

@id("no-deleting-customers")
forbid (principal, action in Countersign::Action::"effect:admin", resource);
`;

export const PAYMENT = {
  to: 'DE89 3704 0044 0532 0130 00',
  amount_minor: 124_000,
  currency: 'EUR',
  reference: 'INV-2041',
};
