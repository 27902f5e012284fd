import type { CedarEntity, CedarRecord } from './value.ts';

/** May be lazy, as records may be. */
export interface EntityStore {
  /** Undefined: there is no such entity. */
  attributes(name: CedarEntity): CedarRecord | undefined;
  /** Undefined: there is no such entity. */
  tags(name: CedarEntity): CedarRecord | undefined;
  /**
   * All ancestors, not only the parents, without the entity itself. The same list for the same entity, if it can be.
   * Must not throw for a request's principal, action and resource: no single policy could be blamed.
   */
  ancestors(name: CedarEntity): readonly CedarEntity[];
}

export interface CedarRequest {
  readonly principal: CedarEntity;
  readonly action: CedarEntity;
  readonly resource: CedarEntity;
  readonly context: CedarRecord;
  readonly entities: EntityStore;
}

export interface CedarPolicyError {
  readonly policyId: string;
  readonly message: string;
}

/**
 * Everything a set of policies says about one request, each list in the order of the ids. The policies that determine
 * the decision, Cedar's "reason", are the forbids when there is any, else the permits.
 */
export interface CedarEvaluation {
  /** Cedar's own rule: allow when a permit and no forbid is satisfied, whatever erred. */
  readonly decision: 'allow' | 'deny';
  readonly permits: readonly string[];
  readonly forbids: readonly string[];
  readonly errors: readonly CedarPolicyError[];
}

export interface CompiledPolicies {
  readonly size: number;
  /** Lets through what a store or a record throws that is no `CedarEvaluationError`. */
  evaluate(request: CedarRequest): CedarEvaluation;
  /** The ids of the policies whose scope fits, whatever their conditions say. */
  candidates(
    request: Pick<CedarRequest, 'principal' | 'action' | 'resource' | 'entities'>,
  ): readonly string[];
}
