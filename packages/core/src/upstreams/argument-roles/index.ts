export { proposeArgumentRoles } from './propose-argument-roles.ts';
