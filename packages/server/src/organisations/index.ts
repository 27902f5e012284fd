export { idJagType, isIdJag } from './incoming/read-assertion.ts';
export { forgetUsedAssertions, takeAssertion } from './incoming/take-assertion.ts';
export type { Vouched } from './narrow-to-ceilings.ts';
export type { Organisation } from './organisation.ts';
export { loadOrganisationState, type OrganisationState } from './organisation-state.ts';
export { organisationPages } from './page/routes.ts';
export { organisationRoutes } from './routes.ts';
export { checkStatuses } from './status/check-statuses.ts';
