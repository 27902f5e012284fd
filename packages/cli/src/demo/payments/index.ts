export { type Invoice, invoices } from './payments-data.ts';
export { type PaymentsServer, startPaymentsServer } from './start-payments-server.ts';
