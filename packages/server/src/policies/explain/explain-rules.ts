import {
  blameExpression,
  type CedarExpressionJson,
  type CedarRequest,
  type ExpressionBlame,
  type PolicyMode,
} from '@countersign/core';
import { z } from 'zod';
import { locate } from '../bundle/complaint.ts';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { judgeOrder, type SequencedRequest } from '../decide/judge-order.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import { writeExpression, writeFound } from './cedar-text.ts';

export const explainedRule = z.object({
  id: z.string(),
  effect: z.enum(['permit', 'forbid']),
  mode: z.enum(['enforce', 'warn', 'shadow']),
  stepUp: z.string().nullable(),
  description: z.string().nullable(),
  file: z.string(),
  line: z.number().int(),
  outcome: z.enum(['holds', 'does_not_hold', 'errs']),
  isDetermining: z.boolean(),
  sequence: z
    .string()
    .nullable()
    .describe('What the task has not done, or has done since, so that the rule does not count'),
  because: z
    .array(
      z.object({
        condition: z.enum(['when', 'unless']),
        text: z.string().describe('The smallest part of the condition that made it so'),
        line: z.number().int().nullable(),
        wanted: z.boolean().describe('What it would have had to be for the rule to hold'),
        found: z.string(),
        read: z.array(z.object({ text: z.string(), value: z.string() })),
      }),
    )
    .describe('Why it does not hold; of alternatives, each'),
});

export type ExplainedRule = z.infer<typeof explainedRule>;

/** The first condition that is not as the rule needs it, and what in it. */
export interface FailedCondition {
  readonly index: number;
  readonly kind: 'when' | 'unless';
  readonly blames: readonly ExpressionBlame[];
}

/** Conditions are evaluated in their order, and the first that fails ends it. */
export function findFailedCondition(
  { json }: ParsedPolicy,
  request: CedarRequest,
): FailedCondition | undefined {
  for (const [index, { kind, body }] of json.conditions.entries()) {
    const blames = blameExpression(body as CedarExpressionJson, request, kind === 'when');
    if (blames.length > 0) return { index, kind, blames };
  }
  return undefined;
}

const MOST_RULES = 100;

/** Every rule whose scope fits the request, with what came of it: those that determine the verdict first. */
export function explainRules(
  bundle: LiveBundle,
  request: CedarRequest,
  determining: readonly string[],
  sequenced: SequencedRequest,
): readonly ExplainedRule[] {
  return bundle.compiled
    .candidates(request)
    .map((id) => {
      const policy = bundle.require(id);
      const order = judgeOrder(policy, sequenced);
      const rule = explainRule(policy, request, readMode(bundle, id), determining.includes(id));
      return order.holds ? rule : { ...rule, outcome: 'does_not_hold' as const, sequence: order.because };
    })
    .sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_RULES);
}

function explainRule(
  policy: ParsedPolicy,
  request: CedarRequest,
  mode: PolicyMode,
  isDetermining: boolean,
): ExplainedRule {
  const { id, effect, stepUp, description, source } = policy;
  const failed = findFailedCondition(policy, request);
  const errs = failed?.blames.some(({ found }) => !found.ok) === true;
  return {
    ...{ id, effect, mode, isDetermining, sequence: null },
    stepUp: stepUp ?? null,
    description: description ?? null,
    file: source.file.name,
    line: locate(source.file.text, source.start).line,
    outcome: failed === undefined ? 'holds' : errs ? 'errs' : 'does_not_hold',
    because: failed === undefined ? [] : failed.blames.map((blame) => describe(policy, failed.kind, blame)),
  };
}

function describe(
  { source }: ParsedPolicy,
  condition: 'when' | 'unless',
  { expression, wanted, found, read }: ExpressionBlame,
): ExplainedRule['because'][number] {
  const text = writeExpression(expression);
  const offset = findText(source.text, text);
  return {
    condition,
    text,
    line: offset === undefined ? null : locate(source.file.text, source.start + offset).line,
    wanted,
    found: writeFound(found),
    read: read.map((one) => ({ text: writeExpression(one.expression), value: writeFound(one.found) })),
  };
}

/** Where the policy says this, however it is spaced and bracketed; undefined when it says it in other words. */
function findText(policy: string, expression: string): number | undefined {
  const [wanted, written] = [squeeze(expression), squeeze(policy)];
  const at = written.text.indexOf(wanted.text);
  return at < 0 || wanted.text === '' ? undefined : written.offsets[at];
}

function squeeze(text: string): { readonly text: string; readonly offsets: readonly number[] } {
  let kept = '';
  const offsets: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (/[\s()]/.test(character)) continue;
    kept += character;
    offsets.push(index);
  }
  return { text: kept, offsets };
}

function readMode({ modes }: LiveBundle, id: string): PolicyMode {
  return modes.get(id) ?? 'enforce';
}

function rank({ isDetermining, outcome, effect }: ExplainedRule): number {
  if (isDetermining) return 0;
  if (outcome !== 'does_not_hold') return 1;
  return effect === 'permit' ? 2 : 3;
}
