import type { Expr } from '@cedar-policy/cedar-wasm/nodejs';
import {
  type Constant,
  type Literal,
  nameTerm,
  type PatternPart,
  readConstant,
  readConstants,
} from './literal.ts';

/** Any of these, each of them whole. */
export type Disjuncts = readonly (readonly Literal[])[];

/** Nothing is needed: what holds always, or of what is not understood. */
export const anything: Disjuncts = [[]];
export const nothing: Disjuncts = [];

const MOST_DISJUNCTS = 256;

/**
 * What must be so when the expression has the value, without an error: when none of the disjuncts can be, it never has it. Needs
 * are only ever left out, never added, so that a contradiction in all disjuncts is a proof.
 */
export function needsOf(expression: Expr, value: boolean): Disjuncts {
  const constant = readConstant(expression);
  if (constant !== undefined)
    return constant.kind === 'flag' && constant.value === value ? anything : nothing;
  if ('!' in expression) return needsOf(operand(expression['!']), !value);
  if ('&&' in expression) {
    const { left, right } = operands(expression['&&']);
    if (value) return both(needsOf(left, true), needsOf(right, true));
    return either(needsOf(left, false), both(needsOf(left, true), needsOf(right, false)));
  }
  if ('||' in expression) {
    const { left, right } = operands(expression['||']);
    if (!value) return both(needsOf(left, false), needsOf(right, false));
    return either(needsOf(left, true), both(needsOf(left, false), needsOf(right, true)));
  }
  if ('if-then-else' in expression) {
    const parts = expression['if-then-else'] as {
      readonly if: Expr;
      readonly then: Expr;
      readonly else: Expr;
    };
    const isTrue = both(needsOf(parts.if, true), needsOf(parts.then, value));
    return either(isTrue, both(needsOf(parts.if, false), needsOf(parts.else, value)));
  }
  return readAtom(expression, value);
}

export function both(a: Disjuncts, b: Disjuncts): Disjuncts {
  if (a.length * b.length > MOST_DISJUNCTS) return a.length <= b.length ? a : b;
  return a.flatMap((one) => b.map((other) => [...one, ...other]));
}

export function either(a: Disjuncts, b: Disjuncts): Disjuncts {
  return a.length + b.length > MOST_DISJUNCTS ? anything : [...a, ...b];
}

function readAtom(expression: Expr, holds: boolean): Disjuncts {
  if ('==' in expression) return readEquality(operands(expression['==']), holds);
  if ('!=' in expression) return readEquality(operands(expression['!=']), !holds);
  if ('<' in expression) return readOrder(operands(expression['<']), holds);
  if ('>=' in expression) return readOrder(operands(expression['>=']), !holds);
  if ('>' in expression) return readOrder(swap(operands(expression['>'])), holds);
  if ('<=' in expression) return readOrder(swap(operands(expression['<='])), !holds);
  if ('in' in expression) return readIn(operands(expression.in), holds);
  if ('is' in expression) {
    const {
      left,
      entity_type: type,
      in: within,
    } = expression.is as {
      readonly left: Expr;
      readonly entity_type: string;
      readonly in?: Expr;
    };
    const is: Disjuncts = [[{ kind: 'is', term: nameTerm(left), type, holds }]];
    if (within === undefined) return is;
    const inside = readIn({ left, right: within }, holds);
    return holds ? both(is, inside) : either(is, inside);
  }
  if ('like' in expression) {
    const { left, pattern } = expression.like as {
      readonly left: Expr;
      readonly pattern: readonly PatternPart[];
    };
    return [[{ kind: 'like', term: nameTerm(left), pattern, holds }]];
  }
  if ('contains' in expression) {
    const { left, right } = operands(expression.contains);
    const choices = readConstants(left);
    if (choices !== undefined) return readChoice(right, choices, holds);
  }
  return [[{ kind: 'opaque', term: nameTerm(expression), holds }]];
}

interface Operands {
  readonly left: Expr;
  readonly right: Expr;
}

function readEquality({ left, right }: Operands, holds: boolean): Disjuncts {
  const [first, second] = [readConstant(left), readConstant(right)];
  const value = second ?? first;
  const other = second === undefined ? right : left;
  if (value === undefined) {
    const [a, b] = [nameTerm(left), nameTerm(right)].sort();
    if (a === b) return holds ? anything : nothing;
    return [[{ kind: 'opaque', term: `${a} == ${b}`, holds }]];
  }
  if (value.kind === 'flag' && !('Value' in other)) return needsOf(other, value.value === holds);
  const constant = readConstant(other);
  if (constant !== undefined) return isEqual(constant, value) === holds ? anything : nothing;
  return [[{ kind: 'equals', term: nameTerm(other), value, holds }]];
}

function isEqual(a: Constant, b: Constant): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** `left < right`, or its contrary. Only among whole numbers does a bound move by one. */
function readOrder({ left, right }: Operands, holds: boolean): Disjuncts {
  const [least, most] = [readConstant(left), readConstant(right)];
  if (least?.kind === 'long' && most?.kind === 'long')
    return least.value < most.value === holds ? anything : nothing;
  if (most?.kind === 'long') {
    const term = nameTerm(left);
    return [
      [holds ? { kind: 'range', term, most: most.value - 1 } : { kind: 'range', term, least: most.value }],
    ];
  }
  if (least?.kind === 'long') {
    const term = nameTerm(right);
    return [
      [holds ? { kind: 'range', term, least: least.value + 1 } : { kind: 'range', term, most: least.value }],
    ];
  }
  return [[{ kind: 'opaque', term: `${nameTerm(left)} < ${nameTerm(right)}`, holds }]];
}

function readIn({ left, right }: Operands, holds: boolean): Disjuncts {
  const one = readConstant(right);
  const entities = one === undefined ? readConstants(right) : [one];
  if (entities === undefined || entities.some((entity) => entity.kind !== 'entity'))
    return [[{ kind: 'opaque', term: `${nameTerm(left)} in ${nameTerm(right)}`, holds }]];
  const term = nameTerm(left);
  const literals = entities.flatMap((entity): Literal[] =>
    entity.kind === 'entity'
      ? [{ kind: 'within', term, entity: { type: entity.type, id: entity.id }, holds }]
      : [],
  );
  return allOrAny(literals, holds);
}

function readChoice(right: Expr, choices: readonly Constant[], holds: boolean): Disjuncts {
  const constant = readConstant(right);
  if (constant !== undefined)
    return choices.some((one) => isEqual(one, constant)) === holds ? anything : nothing;
  const term = nameTerm(right);
  return allOrAny(
    choices.map((value) => ({ kind: 'equals', term, value, holds })),
    holds,
  );
}

/** One of several must hold, or none may. */
function allOrAny(literals: readonly Literal[], holds: boolean): Disjuncts {
  if (!holds) return [literals];
  return literals.length > MOST_DISJUNCTS ? anything : literals.map((literal) => [literal]);
}

function operand(node: unknown): Expr {
  return (node as { readonly arg: Expr }).arg;
}

function operands(node: unknown): Operands {
  return node as Operands;
}

function swap({ left, right }: Operands): Operands {
  return { left: right, right: left };
}
