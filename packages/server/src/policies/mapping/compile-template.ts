import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { compileExpression, type Expression } from './compile-expression.ts';
import { MappingError } from './mapping-error.ts';

/** How much more of a mapping there may be. */
export interface MappingBudget {
  values: number;
  expressions: number;
  /** Of all its expressions. */
  nodes: number;
}

const DEEPEST = 8;

/** A value of a mapping, in which texts that begin with `$` are expressions and `$$` stands for `$`. Throws `MappingError`. */
export function compileTemplate(template: JsonValue, budget: MappingBudget, depth = 0): Expression {
  budget.values -= 1;
  if (budget.values < 0 || depth > DEEPEST) throw new MappingError('the mapping is too large');
  if (typeof template === 'string' && template.startsWith('$')) {
    if (template.startsWith('$$')) return () => template.slice(1);
    budget.expressions -= 1;
    if (budget.expressions < 0) throw new MappingError('the mapping has too many expressions');
    return compileExpression(template.slice(1), budget);
  }
  if (isJsonObject(template)) return compileMembers(template, budget, depth);
  if (Array.isArray(template)) requireLiterals(template, budget, depth);
  return () => template;
}

function compileMembers(template: JsonObject, budget: MappingBudget, depth: number): Expression {
  const members = Object.entries(template).map(
    ([name, value]) => [name, compileTemplate(value, budget, depth + 1)] as const,
  );
  return (inputs) => {
    const resolved = members.map(([name, resolve]) => [name, resolve(inputs)] as const);
    return Object.fromEntries(resolved.filter(([, value]) => value !== undefined)) as JsonObject;
  };
}

/** A list is a literal; whether its author meant an expression within it nobody can tell. */
function requireLiterals(value: JsonValue, budget: MappingBudget, depth: number): void {
  budget.values -= 1;
  if (budget.values < 0 || depth > DEEPEST) throw new MappingError('the mapping is too large');
  if (typeof value === 'string' && value.startsWith('$'))
    throw new MappingError('a list in a mapping cannot hold expressions');
  if (typeof value !== 'object' || value === null) return;
  for (const item of Object.values(value)) requireLiterals(item, budget, depth + 1);
}
