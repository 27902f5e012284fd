export { type AuditAccess, type AuditScope, findAuditAccess } from './audit-access.ts';
export { endAccesses, expireAuditAccess } from './end-audit-access.ts';
export { auditAccessPages } from './page/routes.ts';
export { mountAuditAccess } from './routes.ts';
