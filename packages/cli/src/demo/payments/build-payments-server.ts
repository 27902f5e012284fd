import { type CallToolResult, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { type Invoice, invoices } from './payments-data.ts';

export interface Payment {
  readonly id: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly recipient_iban: string;
  readonly reference: string;
}

/** What the payments server remembers while it runs. */
export interface PaymentsState {
  readonly payments: Payment[];
  readonly customers: Set<string>;
}

export function createPaymentsState(): PaymentsState {
  return { payments: [], customers: new Set(invoices.map(({ customer }) => customer)) };
}

const paymentSchema = {
  type: 'object' as const,
  properties: {
    amount_minor: { type: 'integer', minimum: 1, maximum: 100_000_000, description: 'In cents' },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    recipient_iban: { type: 'string', pattern: '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' },
    reference: { type: 'string', minLength: 1, maxLength: 140 },
  },
  required: ['amount_minor', 'currency', 'recipient_iban', 'reference'],
  additionalProperties: false,
};

/** A small accounts-payable server: real MCP, made-up money. */
export function buildPaymentsServer(state: PaymentsState): McpServer {
  const server = new McpServer({ name: 'payments', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.registerTool(
    'list_invoices',
    {
      description: 'Lists the invoices that are due',
      inputSchema: fromJsonSchema({ type: 'object', properties: {}, additionalProperties: false }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    () => show(invoices.filter((invoice) => !isPaid(state, invoice))),
  );
  server.registerTool(
    'send_payment',
    {
      description: 'Sends money to an account',
      inputSchema: fromJsonSchema<Omit<Payment, 'id'>>(paymentSchema),
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    },
    (payment) => {
      const sent = { id: `PAY-${state.payments.length + 1}`, ...payment };
      state.payments.push(sent);
      return show(sent);
    },
  );
  server.registerTool(
    'delete_customer',
    {
      description: 'Deletes a customer and all records of them',
      inputSchema: fromJsonSchema<{ name: string }>({
        type: 'object',
        properties: { name: { type: 'string', minLength: 1, maxLength: 200 } },
        required: ['name'],
        additionalProperties: false,
      }),
      annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false },
    },
    ({ name }) => show({ deleted: state.customers.delete(name) ? name : null }),
  );
  return server;
}

function isPaid({ payments }: PaymentsState, { id }: Invoice): boolean {
  return payments.some(({ reference }) => reference.includes(id));
}

function show(value: unknown): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(value, null, 2) }] };
}
