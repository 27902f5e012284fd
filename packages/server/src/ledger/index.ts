export { exportLedger } from './export-ledger.ts';
export { getCheckpoint } from './get-checkpoint.ts';
export { getRecord, type ProvenRecord } from './get-record.ts';
export type { StoredRecord } from './ledger-record.ts';
export { ledgerRoutes } from './routes.ts';
export { type RecordPage, searchLedger } from './search-ledger.ts';
export { tailLedger } from './tail-ledger.ts';
