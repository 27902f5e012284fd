import {
  ARGUMENT_ROLES,
  type ArgumentRoleName,
  type ArgumentTrace,
  CedarEvaluationError,
  type CedarValue,
  makeCedarSet,
  ORIGINS,
  type Origin,
  traceArguments,
} from '@countersign/core';
import type { DecisionRequest } from '../policy-state.ts';
import { makeLazyRecord, type Producer, type Producers } from './lazy-record.ts';

/** Where an argument came from, without its value. */
export type RoleTrace = Pick<ArgumentTrace, 'pointer' | 'role' | 'origins' | 'worst'>;

const traced = new WeakMap<DecisionRequest, readonly ArgumentTrace[]>();

/** Where the arguments of a call came from, by what is known at the first time that it is asked. */
export function traceCall(request: DecisionRequest): readonly ArgumentTrace[] {
  const known = traced.get(request);
  if (known !== undefined) return known;
  const { task, tool, arguments: given } = request;
  const traces = tool === null ? [] : traceArguments(task.history.values, given, tool.argumentRoles);
  traced.set(request, traces);
  return traces;
}

/** The same where a record or a test says so. */
export function listRoleTraces(request: DecisionRequest): readonly RoleTrace[] {
  return request.provenance?.() ?? traceCall(request);
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
