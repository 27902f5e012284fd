export { createGrantState } from './create-grant-state.ts';
export { describeTerms } from './describe-terms.ts';
export { type GivenGrant, grantInput } from './grant-input.ts';
export type { AskedNow, GrantClaim, GrantState } from './grant-state.ts';
export { keepGrant } from './keep-grant.ts';
export { listOrigins, makeGrantBasis } from './make-grant-basis.ts';
export { mountGrants } from './routes.ts';
export { type GrantableApproval, signGrant } from './sign-grant.ts';
