import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { type CedarExpressionJson, type FoundValue, writeCedarValue } from '@countersign/core';
import { useCedar } from '../engine/cedar.ts';

const ANY = { op: 'All' } as const;
const LONGEST_VALUE = 200;

/** The policy as the official engine writes it: every string in it is escaped there, whatever it holds. */
export function writePolicy(json: PolicyJson): string {
  const answer = useCedar((cedar) => cedar.policyToText(json));
  if (answer.type !== 'success') throw new Error('a policy cannot be written', { cause: answer.errors });
  const { text } = answer;
  const formatted = useCedar((cedar) => cedar.formatPolicies({ policyText: text, lineWidth: 100 }));
  return formatted.type === 'success' ? formatted.formatted_policy.trim() : text;
}

/** One expression, in one line. */
export function writeExpression(expression: CedarExpressionJson): string {
  const body = expression as Expr;
  const conditions = [{ kind: 'when' as const, body }];
  const policy: PolicyJson = { effect: 'permit', principal: ANY, action: ANY, resource: ANY, conditions };
  const answer = useCedar((cedar) => cedar.policyToText(policy));
  if (answer.type !== 'success') throw new Error('an expression cannot be written', { cause: answer.errors });
  return answer.text.slice(answer.text.indexOf('{') + 1, answer.text.lastIndexOf('}')).trim();
}

/** What an expression came to, short. */
export function writeFound(found: FoundValue): string {
  if (!found.ok) return `error: ${found.message}`;
  const text = JSON.stringify(writeCedarValue(found.value), (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
