export { type Actor, nameActor } from './actor.ts';
export { askForSignature } from './ask-for-signature.ts';
export {
  type AuditAccess,
  type AuditScope,
  expireAuditAccess,
  findAuditAccess,
} from './audit-access/index.ts';
export { createFirstAdministrator, type FirstLink } from './create-first-administrator.ts';
export { type Directory, setDirectoryGroups } from './directory-groups.ts';
export { findDisplayName, getPerson } from './get-person.ts';
export { type Invitation, invitePerson } from './invite-person.ts';
export { isAllowed } from './is-allowed.ts';
export {
  finishInterrupted,
  holdLeavers,
  type LeaveCause,
  leavePerson,
  listUnfinished,
  loseAgents,
  returnPerson,
} from './leaving/index.ts';
export { listPeople } from './list-people.ts';
export { oidcRoutes } from './oidc/index.ts';
export { renderSignIn } from './pages/render-sign-in.ts';
export { peoplePages } from './pages/routes.ts';
export {
  countSignature,
  type PasskeyEvidence,
  type PasskeySignature,
  requireOwnPasskey,
  verifySignature,
} from './passkey-signature.ts';
export { listNames, type Person, readPerson } from './person.ts';
export { assertionInput } from './person-input.ts';
export {
  hasPermission,
  requireFresh,
  requirePermission,
  requirePermissionToSign,
} from './require-permission.ts';
export { peopleRoutes } from './routes.ts';
export { toSafeReturnPath } from './safe-return-path.ts';
export { followMapping, regroupPeople, scimRoutes } from './scim/index.ts';
export { findSession, openSession, sessionCookieName, sessionLifetimeSeconds } from './session.ts';
export { endSessions } from './sessions/end-sessions.ts';
export { nameUserAgent } from './sessions/name-user-agent.ts';
export { setRoles } from './set-roles.ts';
export { resumePerson, suspendPerson } from './suspend-person.ts';
export { type Assertion, passkeyCounts } from './verify-passkey.ts';
