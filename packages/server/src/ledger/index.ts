export { exportLedger } from './export-ledger.ts';
export { findRecord } from './find-record.ts';
export { getCheckpoint } from './get-checkpoint.ts';
export { getRecord, type ProvenRecord } from './get-record.ts';
export type { StoredRecord } from './ledger-record.ts';
export { type BackwardsPage, readBackwards } from './read-backwards.ts';
export { ledgerRoutes } from './routes.ts';
export { type RecordPage, searchLedger } from './search-ledger.ts';
export { tailLedger } from './tail-ledger.ts';
