import { compileExpression } from './compile-expression.ts';
import { CedarEvaluationError } from './errors.ts';
import type { CedarExpressionJson } from './policy-json.ts';
import type { CedarRequest } from './request.ts';
import type { CedarValue } from './value.ts';

/** What an expression came to on a request. */
export type FoundValue =
  | { readonly ok: true; readonly value: CedarValue }
  | { readonly ok: false; readonly message: string };

/** A smallest part of an expression that kept the whole from being what it should be. */
export interface ExpressionBlame {
  readonly expression: CedarExpressionJson;
  /** What it would have had to be. */
  readonly wanted: boolean;
  readonly found: FoundValue;
  /** The parts of it that come from the request, with their values, each once. */
  readonly read: readonly { readonly expression: CedarExpressionJson; readonly found: FoundValue }[];
}

const MOST_BLAMES = 20;

/** What the expression comes to; an evaluation that errs is a finding, too. Throws `CedarCompileError`. */
export function findValue(expression: CedarExpressionJson, request: CedarRequest): FoundValue {
  try {
    return { ok: true, value: compileExpression(expression)(request) };
  } catch (error) {
    if (!(error instanceof CedarEvaluationError)) throw error;
    return { ok: false, message: error.message };
  }
}

/**
 * Why the expression is not `wanted`: the smallest parts that made it so, in the order in which they are evaluated; of
 * alternatives that all failed, each. Nothing when it is as wanted. Throws `CedarCompileError`.
 */
export function blameExpression(
  expression: CedarExpressionJson,
  request: CedarRequest,
  wanted = true,
): readonly ExpressionBlame[] {
  return blame(expression, request, wanted).slice(0, MOST_BLAMES);
}

function blame(
  expression: CedarExpressionJson,
  request: CedarRequest,
  wanted: boolean,
): readonly ExpressionBlame[] {
  const found = findValue(expression, request);
  if (found.ok && found.value === wanted) return [];
  return descend(expression, request, wanted) ?? [blameWhole(expression, request, wanted, found)];
}

/** Undefined when the expression itself is the smallest part. */
function descend(
  expression: CedarExpressionJson,
  request: CedarRequest,
  wanted: boolean,
): readonly ExpressionBlame[] | undefined {
  const two = findTwo(expression, '&&') ?? findTwo(expression, '||');
  if (two !== undefined) {
    const isAnd = '&&' in expression;
    // Of a conjunction that should hold, the first that does not; of one that should not, all hold, and any would do.
    const first = blame(two.left, request, wanted);
    if (isAnd === wanted && first.length > 0) return first;
    const left = findValue(two.left, request);
    // What erred, or settled the whole, ended the evaluation there.
    if (!left.ok || left.value === !isAnd) return first;
    return [...first, ...blame(two.right, request, wanted)];
  }
  if ('!' in expression && isOne(expression['!'])) return blame(expression['!'].arg, request, !wanted);
  if ('if-then-else' in expression && isChoice(expression['if-then-else'])) {
    const choice = expression['if-then-else'];
    const asked = findValue(choice.if, request);
    if (!asked.ok) return blame(choice.if, request, true);
    return blame(asked.value === true ? choice.then : choice.else, request, wanted);
  }
  return undefined;
}

interface Two {
  readonly left: CedarExpressionJson;
  readonly right: CedarExpressionJson;
}

interface Choice {
  readonly if: CedarExpressionJson;
  readonly then: CedarExpressionJson;
  readonly else: CedarExpressionJson;
}

function findTwo(expression: CedarExpressionJson, operator: '&&' | '||'): Two | undefined {
  const body: unknown = Object.hasOwn(expression, operator) ? Reflect.get(expression, operator) : undefined;
  return typeof body === 'object' && body !== null && 'left' in body && 'right' in body
    ? (body as Two)
    : undefined;
}

function isOne(body: unknown): body is { readonly arg: CedarExpressionJson } {
  return typeof body === 'object' && body !== null && 'arg' in body;
}

function isChoice(body: unknown): body is Choice {
  return typeof body === 'object' && body !== null && 'if' in body && 'then' in body && 'else' in body;
}

function blameWhole(
  expression: CedarExpressionJson,
  request: CedarRequest,
  wanted: boolean,
  found: FoundValue,
): ExpressionBlame {
  const read = new Map<string, CedarExpressionJson>();
  collectPaths(expression, read);
  return {
    ...{ expression, wanted, found },
    read: [...read.values()].map((one) => ({ expression: one, found: findValue(one, request) })),
  };
}

/** `context.task.purpose` and the like: whatever starts at a variable, as long as it goes. */
function collectPaths(expression: unknown, into: Map<string, CedarExpressionJson>): void {
  if (typeof expression !== 'object' || expression === null || into.size >= MOST_BLAMES) return;
  if (isPath(expression)) {
    into.set(JSON.stringify(expression), expression);
    return;
  }
  // A literal may look like anything.
  if ('Value' in expression) return;
  for (const inner of Object.values(expression)) collectPaths(inner, into);
}

function isPath(expression: object): expression is CedarExpressionJson {
  if ('Var' in expression) return typeof expression.Var === 'string';
  if (!('.' in expression)) return false;
  const body = expression['.'];
  return (
    typeof body === 'object' &&
    body !== null &&
    'left' in body &&
    typeof body.left === 'object' &&
    body.left !== null &&
    isPath(body.left)
  );
}

/** The parts that must all hold, in the order in which they are evaluated. */
export function listConjuncts(expression: CedarExpressionJson): readonly CedarExpressionJson[] {
  const conjuncts: CedarExpressionJson[] = [];
  let left = [expression];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const two = findTwo(next, '&&');
    if (two === undefined) conjuncts.push(next);
    else left = [...left, two.right, two.left];
  }
  return conjuncts;
}
