import type { AuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs';
import { combine, type EvaluatedPolicy, type Verdict } from '@countersign/core';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { useCedar } from '../engine/cedar.ts';

type Call = Omit<AuthorizationCall, 'policies'>;

/** The verdict of all policies on a request of declared types. An engine that cannot say denies. */
export function evaluateDeclared(policies: readonly ParsedPolicy[], call: Call): Verdict {
  const first = run(policies, call);
  if (first === undefined) return combine({ policies: [], failed: true });
  const against = first.filter(({ effect, outcome }) => effect === 'forbid' && outcome === 'satisfied');
  if (against.length === 0 || against.some(({ stepUp }) => stepUp === undefined))
    return combine({ policies: first });
  // The engine names only what determined its decision: what would be permitted without the step-ups shows without them.
  const lifted = run(
    policies.filter(({ stepUp }) => stepUp === undefined),
    call,
  );
  if (lifted === undefined) return combine({ policies: [], failed: true });
  return combine({ policies: [...first, ...lifted.filter(({ outcome }) => outcome === 'satisfied')] });
}

function run(policies: readonly ParsedPolicy[], call: Call): EvaluatedPolicy[] | undefined {
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  const staticPolicies = Object.fromEntries(
    policies.map(({ id, json }) => [id, { ...json, annotations: {} }]),
  );
  try {
    const answer = useCedar((cedar) => cedar.isAuthorized({ ...call, policies: { staticPolicies } }));
    if (answer.type !== 'success') return undefined;
    const { reason, errors } = answer.response.diagnostics;
    const found = [
      ...reason.map((id) => describe(byId.get(id), 'satisfied')),
      ...errors.map(({ policyId }) => describe(byId.get(policyId), 'error')),
    ];
    return found.every((policy) => policy !== undefined) ? found : undefined;
  } catch {
    return undefined;
  }
}

function describe(
  policy: ParsedPolicy | undefined,
  outcome: EvaluatedPolicy['outcome'],
): EvaluatedPolicy | undefined {
  if (policy === undefined) return undefined;
  const { id, effect, stepUp } = policy;
  return { id, effect, ...(stepUp === undefined ? {} : { stepUp }), mode: 'enforce', outcome };
}
