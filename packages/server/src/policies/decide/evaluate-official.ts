import type {
  AuthorizationAnswer,
  CedarValueJson,
  EntityJson,
  PolicyJson,
  StatefulAuthorizationCall,
} from '@cedar-policy/cedar-wasm/nodejs';
import { AppError } from '@countersign/api';
import {
  type CedarEvaluation,
  CedarEvaluationError,
  type CedarRecord,
  writeCedarValue,
} from '@countersign/core';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { useCedar } from '../engine/cedar.ts';
import { type PreparedSet, prepareSet } from '../engine/prepared-set.ts';
import type { ToldRequest } from './describe-request.ts';

/** The official engine, which reads the whole of every request and visits every policy. */
export interface OfficialEngine {
  /**
   * The same answer as the compiled policies give. Undefined for a request with members that cannot be told: the
   * official engine has no value that errs. Throws `policy.unavailable` when it fails.
   */
  evaluate(request: ToldRequest): CedarEvaluation | undefined;
  /** Gives back what the engine holds; it must not be used after it. */
  release(): void;
}

/** Throws `policy.unavailable` when the engine does not take the policies. */
export function prepareOfficial(policies: readonly ParsedPolicy[]): OfficialEngine {
  // It names only the policies that determined its decision, so permits and forbids are asked apart.
  const permits = prepareSet(select(policies, 'permit'));
  let forbids: PreparedSet;
  try {
    forbids = prepareSet(select(policies, 'forbid'));
  } catch (error) {
    permits.release();
    throw error;
  }
  return {
    evaluate(request) {
      const call = writeOfficialCall(request);
      if (call === undefined) return undefined;
      const [permitted, forbidden] = [ask(permits, call), ask(forbids, call)];
      return {
        decision: permitted.reason.length > 0 && forbidden.reason.length === 0 ? 'allow' : 'deny',
        permits: permitted.reason,
        forbids: forbidden.reason,
        errors: [...permitted.errors, ...forbidden.errors].sort((a, b) => (a.policyId < b.policyId ? -1 : 1)),
      };
    },
    release() {
      permits.release();
      forbids.release();
    },
  };
}

function select(
  policies: readonly ParsedPolicy[],
  effect: ParsedPolicy['effect'],
): Record<string, PolicyJson> {
  const set: Record<string, PolicyJson> = Object.create(null);
  for (const policy of policies)
    if (policy.effect === effect) set[policy.id] = { ...policy.json, annotations: {} };
  return set;
}

type OfficialCall = Omit<StatefulAuthorizationCall, 'preparsedPolicySetId'>;

/** The whole request as JSON. Undefined when a member cannot be told. */
export function writeOfficialCall({
  principal,
  action,
  resource,
  context,
  entities,
}: ToldRequest): OfficialCall | undefined {
  const name = ({ type, id }: { readonly type: string; readonly id: string }) => ({ type, id });
  try {
    return {
      ...{ principal: name(principal), action: name(action), resource: name(resource) },
      context: writeMembers(context),
      entities: entities.list().map(
        (one): EntityJson => ({
          uid: name(one.name),
          attrs: writeMembers(one.attributes),
          parents: one.ancestors.map(name),
        }),
      ),
    };
  } catch (thrown) {
    if (thrown instanceof CedarEvaluationError) return undefined;
    throw thrown;
  }
}

function writeMembers(record: CedarRecord): Record<string, CedarValueJson> {
  return writeCedarValue(record) as Record<string, CedarValueJson>;
}

function ask(
  set: PreparedSet,
  call: OfficialCall,
): Pick<CedarEvaluation, 'errors'> & { readonly reason: readonly string[] } {
  const preparsedPolicySetId = set.id();
  let answer: AuthorizationAnswer;
  try {
    answer = useCedar((cedar) => cedar.statefulIsAuthorized({ ...call, preparsedPolicySetId }));
  } catch (cause) {
    throw new AppError('policy.unavailable', { cause });
  }
  if (answer.type !== 'success') throw new AppError('policy.unavailable', { cause: answer });
  const { reason, errors } = answer.response.diagnostics;
  return {
    reason: reason.toSorted(),
    errors: errors.map(({ policyId, error }) => ({ policyId, message: error.message })),
  };
}
