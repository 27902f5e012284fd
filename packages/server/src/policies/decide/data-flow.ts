import {
  type CedarRecord,
  type CedarValue,
  findArgumentValues,
  type Labels,
  makeCedarRecord,
  makeCedarSet,
  type Placement,
  placeInAudience,
  sensitivityRank,
} from '@countersign/core';
import type { DecisionRequest } from '../policy-state.ts';
import { listRoleTraces, type RoleTrace } from './trace-call.ts';

/** What a task has read, and where this call would take it. */
export interface DataFlow {
  readonly labels: Labels;
  /** The call takes data out. */
  readonly egress: boolean;
  /** Whether it stays with those who may see what was read. */
  readonly audience: Placement;
}

/** As it was when the action was decided, or else as it is. */
export function readFlow(request: DecisionRequest): DataFlow {
  return request.flow ?? tellFlow(request);
}

export function tellFlow(request: DecisionRequest): DataFlow {
  const labels = request.task.history.labelsAt(request.now);
  return { labels, egress: takesDataOut(request), audience: placeCall(request, labels) };
}

/** Reading an address says to its owner whatever stands in it: that is egress unless its address is proven. */
function takesDataOut(request: DecisionRequest): boolean {
  const { effects } = request;
  if (effects.includes('egress')) return true;
  return effects.includes('read') && listRoleTraces(request).some(isUnprovenPlace);
}

function isUnprovenPlace({ role, worst }: RoleTrace): boolean {
  return role === 'destination' && (worst === 'untrusted' || worst === 'model');
}

function placeCall(request: DecisionRequest, { audience }: Labels): Placement {
  if (audience === 'anyone') return 'inside';
  const changes = request.effects.some((effect) => effect !== 'read');
  return placeInAudience(audience, {
    upstream: request.upstream,
    destinations: listDestinations(request),
    changes,
  });
}

function listDestinations({ tool, arguments: given }: DecisionRequest): readonly string[] {
  const roles = tool?.argumentRoles.filter(({ role }) => role === 'destination') ?? [];
  return roles.flatMap(({ pointer }) =>
    findValues(given, pointer).flatMap((value) =>
      typeof value === 'string' && value.trim() !== '' ? [value] : [],
    ),
  );
}

/** The labels as policies read them. */
export function describeLabels({ trust, sensitivity, audience }: Labels): CedarRecord {
  const members = new Map<string, CedarValue>([
    ['trust', trust],
    ['sensitivity', sensitivityRank(sensitivity)],
  ]);
  if (audience !== 'anyone') members.set('audience', makeCedarSet(audience));
  return makeCedarRecord(members);
}

/** With a value that leads nowhere where there are more than are looked at. */
function findValues(given: DecisionRequest['arguments'], pointer: string): readonly unknown[] {
  const { values, isComplete } = findArgumentValues(given, pointer);
  return isComplete ? values : [...values, '…'];
}
