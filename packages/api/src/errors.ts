import { actionErrors } from './errors/action-errors.ts';
import { agentErrors } from './errors/agent-errors.ts';
import { approvalErrors } from './errors/approval-errors.ts';
import { configErrors } from './errors/config-errors.ts';
import { delegationErrors } from './errors/delegation-errors.ts';
import { exposureErrors } from './errors/exposure-errors.ts';
import { ledgerErrors } from './errors/ledger-errors.ts';
import { organisationErrors } from './errors/organisation-errors.ts';
import { personErrors } from './errors/person-errors.ts';
import { policyErrors } from './errors/policy-errors.ts';
import { reviewErrors } from './errors/review-errors.ts';
import { secretErrors } from './errors/secret-errors.ts';
import { serverErrors } from './errors/server-errors.ts';
import { signalErrors } from './errors/signal-errors.ts';
import { taskErrors } from './errors/task-errors.ts';
import { tokenErrors } from './errors/token-errors.ts';
import { upstreamErrors } from './errors/upstream-errors.ts';

export type { ErrorEntry } from './errors/error-entry.ts';

/** Every error code of the product, a file for each noun; scripts/check-errors.ts keeps codes, table and pages equal. */
export const errors = {
  ...actionErrors,
  ...agentErrors,
  ...approvalErrors,
  ...configErrors,
  ...delegationErrors,
  ...exposureErrors,
  ...ledgerErrors,
  ...organisationErrors,
  ...personErrors,
  ...policyErrors,
  ...reviewErrors,
  ...secretErrors,
  ...serverErrors,
  ...signalErrors,
  ...taskErrors,
  ...tokenErrors,
  ...upstreamErrors,
} as const;

export type ErrorCode = keyof typeof errors;
