import {
  ARGUMENT_ROLES,
  type ArgumentRoleName,
  type ArgumentTrace,
  CedarEvaluationError,
  type CedarValue,
  makeCedarSet,
  ORIGINS,
  type Origin,
} from '@countersign/core';
import type { DecisionRequest } from '../policy-state.ts';
import { traceCall } from './find-traces.ts';
import { makeLazyRecord, type Producer, type Producers } from './lazy-record.ts';
import { signTraces } from './sign-traces.ts';

/** Where an argument came from, without its value. */
export type RoleTrace = Pick<ArgumentTrace, 'pointer' | 'role' | 'origins' | 'worst'>;

/** Where the arguments came from, with what people signed of them, or as a record or a test says. */
export function listRoleTraces(request: DecisionRequest): readonly RoleTrace[] {
  return request.provenance?.() ?? signTraces(request, traceCall(request));
}

interface Role {
  readonly origins: readonly Origin[];
  readonly worst: Origin;
}

const roleProducers: Producers<Role> = new Map<string, Producer<Role>>([
  ['worst', ({ worst }) => worst],
  ['origins', ({ origins }) => makeCedarSet(origins)],
]);

const producers: Producers<DecisionRequest> = new Map<string, Producer<DecisionRequest>>(
  ARGUMENT_ROLES.map((name) => [name, (request) => describeRole(listRoleTraces(request), name)] as const),
);

/** Of all arguments with a role together; a role that none of them has is absent. */
export function describeProvenance(request: DecisionRequest): CedarValue {
  return makeLazyRecord(producers, request);
}

function describeRole(traces: readonly RoleTrace[], name: ArgumentRoleName): CedarValue | undefined {
  const found = traces.filter(({ role }) => role === name);
  if (found.length === 0) return undefined;
  const origins = ORIGINS.filter((origin) => found.some((one) => one.origins.has(origin)));
  const worst = origins.at(-1);
  if (worst === undefined) throw new CedarEvaluationError('it is not known where an argument came from');
  return makeLazyRecord(roleProducers, { origins, worst });
}
