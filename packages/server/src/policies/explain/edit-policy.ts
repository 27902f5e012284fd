import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import {
  blameExpression,
  type CedarExpressionJson,
  type CedarRequest,
  findValue,
  listConjuncts,
} from '@countersign/core';
import type { PolicyFile } from '../bundle/complaint.ts';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { joinAll } from '../from-example/bound-arguments.ts';
import { writePolicy } from './cedar-text.ts';
import { extendCondition, replacePart } from './extend-condition.ts';

/** One policy written otherwise. */
export interface PolicyEdit {
  readonly policy: ParsedPolicy;
  readonly json: PolicyJson;
}

type Conditions = PolicyJson['conditions'];

/** Moves every bound that failed as far as the request needs; what no bound can let through is left as it is. */
export function widenPermit(policy: ParsedPolicy, request: CedarRequest): PolicyEdit | undefined {
  return changeConditions(policy, request, (conjunct, wanted) => {
    for (const blame of blameExpression(conjunct, request, wanted)) {
      const extended = extendCondition(blame);
      if (extended !== undefined) return replacePart(conjunct, blame.expression, extended);
    }
    return undefined;
  });
}

/** Leaves out every part of the conditions that failed. */
export function dropFromPermit(policy: ParsedPolicy, request: CedarRequest): PolicyEdit | undefined {
  return changeConditions(policy, request, () => null);
}

/** Undefined when a failed part cannot be changed. */
function changeConditions(
  policy: ParsedPolicy,
  request: CedarRequest,
  change: (conjunct: CedarExpressionJson, wanted: boolean) => CedarExpressionJson | null | undefined,
): PolicyEdit | undefined {
  const conditions: Conditions[number][] = [];
  for (const { kind, body } of policy.json.conditions) {
    const wanted = kind === 'when';
    const parts = wanted ? listConjuncts(body as CedarExpressionJson) : [body as CedarExpressionJson];
    const kept: CedarExpressionJson[] = [];
    for (const part of parts) {
      const found = findValue(part, request);
      const changed = found.ok && found.value === wanted ? part : change(part, wanted);
      if (changed === undefined) return undefined;
      if (changed !== null) kept.push(changed);
    }
    if (kept.length > 0) conditions.push({ kind, body: joinAll(kept) as Expr });
  }
  return { policy, json: { ...policy.json, conditions } };
}

/** A forbid that no longer applies to exactly this agent and action. First, so that what erred is not reached. */
export function exceptFrom(policy: ParsedPolicy, { principal, action }: CedarRequest): PolicyEdit {
  const isExactly = (
    name: 'principal' | 'action',
    { type, id }: CedarRequest['action'],
  ): CedarExpressionJson => ({
    '==': { left: { Var: name }, right: { Value: { __entity: { type, id } } } },
  });
  const body = joinAll([isExactly('principal', principal), isExactly('action', action)]) as Expr;
  return {
    policy,
    json: { ...policy.json, conditions: [{ kind: 'unless', body }, ...policy.json.conditions] },
  };
}

/** A forbid whose bound is moved so that the request is just outside; undefined when none of its bounds does that. */
export function moveForbid(policy: ParsedPolicy, request: CedarRequest): PolicyEdit | undefined {
  for (const [index, { kind, body }] of policy.json.conditions.entries()) {
    const expression = body as CedarExpressionJson;
    for (const blame of blameExpression(expression, request, kind !== 'when')) {
      const moved = extendCondition(blame);
      if (moved === undefined) continue;
      const changed = replacePart(expression, blame.expression, moved) as Expr;
      return {
        policy,
        json: { ...policy.json, conditions: policy.json.conditions.with(index, { kind, body: changed }) },
      };
    }
  }
  return undefined;
}

/** The files with the policies written otherwise; nothing else in them changes. */
export function applyEdits(
  files: readonly PolicyFile[],
  edits: readonly PolicyEdit[],
): readonly PolicyFile[] {
  const lastFirst = edits.toSorted((a, b) => b.policy.source.start - a.policy.source.start);
  return files.map((file) => {
    let { text } = file;
    for (const { policy, json } of lastFirst) {
      const { source } = policy;
      if (source.file.name !== file.name) continue;
      const end = source.start + source.text.length;
      text = text.slice(0, source.start) + writePolicy(json) + text.slice(end);
    }
    return { name: file.name, text };
  });
}
