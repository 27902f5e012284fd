import { actionClaims } from './action-claims.ts';
import { approvalClaims } from './approval-claims.ts';
import { authorityClaims } from './authority-claims.ts';
import type { Claim } from './claim.ts';
import { containmentClaims } from './containment-claims.ts';
import { identityClaims } from './identity-claims.ts';

export const claims: readonly Claim[] = [
  ...actionClaims,
  ...approvalClaims,
  ...identityClaims,
  ...authorityClaims,
  ...containmentClaims,
];
