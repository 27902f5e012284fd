import type { CedarRequest } from '@countersign/core';
import type { DecisionRequest } from '../policy-state.ts';
import { buildContext } from './build-context.ts';
import { RequestEntities } from './request-entities.ts';

/** A request in Cedar's words, each part made when a policy reads it. */
export interface ToldRequest extends CedarRequest {
  readonly entities: RequestEntities;
}

/** Undefined for a combination that the schema does not have, and for a target that is no text of Unicode characters. */
export function describeRequest(request: DecisionRequest): ToldRequest | undefined {
  const entities = new RequestEntities(request);
  const { principal, action, resource } = entities;
  if (resource === undefined || !request.target.isWellFormed()) return undefined;
  return { principal, action, resource, context: buildContext(request), entities };
}
