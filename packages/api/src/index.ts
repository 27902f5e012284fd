export { AppError, toAppError } from './app-error.ts';
export { type ErrorCode, type ErrorEntry, errors } from './errors.ts';
export {
  changesAuthority,
  type Permission,
  permissions,
  type Role,
  roles,
  takesPerson,
} from './permissions.ts';
export { type LedgerRecord, type RecordKind, recordKinds } from './records.ts';
export { type RetentionClass, retentionClasses, retentionClassOf } from './retention-class.ts';
