import { type PlainTool, startPlainUpstream, type Upstream } from '@countersign/testkit';

export const paymentsKey = 'a-key-that-only-the-gateway-knows';

const text = { type: 'string', maxLength: 140 };

const tools: readonly PlainTool[] = [
  {
    name: 'list_invoices',
    description: 'Lists invoices that are due',
    inputSchema: { type: 'object', properties: {}, additionalProperties: false },
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  {
    name: 'send_payment',
    description: 'Pays an amount in minor units',
    inputSchema: {
      type: 'object',
      properties: { amount_minor: { type: 'integer', minimum: 1 }, currency: text, to: text },
      required: ['amount_minor', 'currency', 'to'],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
  },
];

/** The payments server that the guides put behind the gateway: it answers to nobody without the key. */
export function startPayments(): Promise<Upstream> {
  return startPlainUpstream({
    tools,
    requireHeader: { name: 'Authorization', value: `Bearer ${paymentsKey}` },
    call: (name) => ({ content: [{ type: 'text', text: `${name}: done` }] }),
  });
}
