import { type CompiledPolicy, isSatisfied } from './compile-policy.ts';
import { CedarEvaluationError } from './errors.ts';
import type { PolicyIndex, Seeker } from './policy-index.ts';
import type { CedarEvaluation, CedarPolicyError, CedarRequest, CompiledPolicies } from './request.ts';

type Target = Parameters<CompiledPolicies['candidates']>[0];

class Evaluator implements Seeker {
  readonly target: CedarRequest;
  readonly ancestors: Seeker['ancestors'];
  readonly permits: string[] = [];
  readonly forbids: string[] = [];
  readonly errors: CedarPolicyError[] = [];

  constructor(request: CedarRequest) {
    this.target = request;
    this.ancestors = listAncestors(request);
  }

  visit(policy: CompiledPolicy): void {
    try {
      if (!isSatisfied(policy, this.target)) return;
    } catch (error) {
      if (!(error instanceof CedarEvaluationError)) throw error;
      this.errors.push({ policyId: policy.id, message: error.message });
      return;
    }
    (policy.effect === 'permit' ? this.permits : this.forbids).push(policy.id);
  }
}

export function evaluatePolicies(index: PolicyIndex, request: CedarRequest): CedarEvaluation {
  const found = new Evaluator(request);
  index(found);
  const { permits, forbids, errors } = found;
  return {
    decision: permits.length > 0 && forbids.length === 0 ? 'allow' : 'deny',
    permits: putInOrder(permits, readId),
    forbids: putInOrder(forbids, readId),
    errors: putInOrder(errors, readPolicyId),
  };
}

export function findCandidates(index: PolicyIndex, target: Target): readonly string[] {
  const ids: string[] = [];
  index({ target, ancestors: listAncestors(target), visit: (policy) => ids.push(policy.id) });
  return putInOrder(ids, readId);
}

function listAncestors({ principal, action, resource, entities }: Target): Seeker['ancestors'] {
  return {
    principal: entities.ancestors(principal),
    action: entities.ancestors(action),
    resource: entities.ancestors(resource),
  };
}

const readId = (id: string): string => id;
const readPolicyId = ({ policyId }: CedarPolicyError): string => policyId;

/** So few are sorted by putting each in its place; that makes no other list. */
const FEW = 32;

/** Sorted, and each once: a policy may be found in more than one way. */
function putInOrder<T>(list: readonly T[], readId: (one: T) => string): readonly T[] {
  if (list.length > FEW) {
    const byId = new Map(list.map((one) => [readId(one), one]));
    return [...byId.values()].sort((left, right) => (readId(left) < readId(right) ? -1 : 1));
  }
  const ordered: T[] = [];
  for (const one of list) {
    const id = readId(one);
    let at = ordered.length;
    for (; at > 0; at -= 1) {
      const before = ordered[at - 1];
      if (before === undefined || readId(before) <= id) break;
    }
    const before = ordered[at - 1];
    if (before === undefined || readId(before) !== id) ordered.splice(at, 0, one);
  }
  return ordered;
}
