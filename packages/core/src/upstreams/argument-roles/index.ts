export { listArgumentPointers } from './list-arguments.ts';
export { proposeArgumentRoles } from './propose-argument-roles.ts';
