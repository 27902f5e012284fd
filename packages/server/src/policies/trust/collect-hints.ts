import type { CedarValueJson, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { isJsonObject, type JsonValue } from '@countersign/core';

export type Literal = boolean | number | string | { readonly __entity: CedarValueJson } | ExtensionLiteral;
export interface ExtensionLiteral {
  readonly __extn: { readonly fn: string; readonly arg: string };
}

/** Values that make the conditions of a policy true, or nearly so. */
export interface Hints {
  /** By what is read, as `context.args.amount`: the literals on the other side of its operator. */
  readonly byPath: ReadonlyMap<string, readonly Literal[]>;
  /** Every literal of the policy. */
  readonly all: readonly Literal[];
}

const constructors: ReadonlySet<string> = new Set(['ip', 'decimal', 'datetime', 'duration']);

export function collectHints({ conditions }: Pick<PolicyJson, 'conditions'>): Hints {
  const byPath = new Map<string, Literal[]>();
  const all: Literal[] = [];
  // Not recursive: how deep a policy nests is its author's choice.
  const open: unknown[] = conditions.map(({ body }) => body);
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) continue;
    const literal = readLiteral(node);
    if (literal !== undefined) all.push(literal);
    for (const operand of Object.values(node)) {
      noteSides(operand, byPath);
      open.push(operand);
    }
  }
  return { byPath, all };
}

function noteSides(operand: unknown, byPath: Map<string, Literal[]>): void {
  if (typeof operand !== 'object' || operand === null) return;
  // An extension function has its operands in a list.
  const [first, second] = Array.isArray(operand) ? operand : [];
  const { left = first, right = second, pattern } = operand as Readonly<Record<string, unknown>>;
  const found = [...listLiterals(right), ...matchPattern(pattern)];
  note(byPath, readPath(left), found);
  note(byPath, readPath(right), listLiterals(left));
}

function note(byPath: Map<string, Literal[]>, path: string | undefined, literals: readonly Literal[]): void {
  if (path === undefined || literals.length === 0) return;
  byPath.set(path, [...(byPath.get(path) ?? []), ...literals]);
}

/** The literals of an expression that is one, or a set of them. */
function listLiterals(node: unknown): readonly Literal[] {
  const literal = readLiteral(node);
  if (literal !== undefined) return [literal];
  const members = isJsonObject(node as JsonValue) ? (node as { readonly Set?: unknown }).Set : undefined;
  return Array.isArray(members) ? members.flatMap((member) => readLiteral(member) ?? []) : [];
}

function readLiteral(node: unknown): Literal | undefined {
  if (!isJsonObject(node as JsonValue)) return undefined;
  const [[operator, operand] = [], ...others] = Object.entries(node as object);
  if (operator === undefined || others.length > 0) return undefined;
  if (operator === 'Value') return isLiteral(operand) ? operand : undefined;
  if (!constructors.has(operator) || !Array.isArray(operand)) return undefined;
  const arg = readLiteral(operand[0]);
  return typeof arg === 'string' ? { __extn: { fn: operator, arg } } : undefined;
}

function isLiteral(value: unknown): value is Literal {
  if (typeof value !== 'object') return value !== undefined;
  return value !== null && (Object.hasOwn(value, '__entity') || Object.hasOwn(value, '__extn'));
}

/** Texts that a pattern matches, with nothing and with something for each wildcard, and one that falls short. */
function matchPattern(pattern: unknown): readonly string[] {
  if (!Array.isArray(pattern)) return [];
  const write = (wildcard: string): string =>
    pattern
      .map((part: unknown) => (part === 'Wildcard' ? wildcard : (part as { Literal: string }).Literal))
      .join('');
  return [write(''), write('x/y'), write('').slice(0, -1)];
}

function readPath(node: unknown): string | undefined {
  const names: string[] = [];
  for (let at = node; ; ) {
    if (!isJsonObject(at as JsonValue)) return undefined;
    const { Var: root, '.': read } = at as {
      readonly Var?: unknown;
      readonly '.'?: { left: unknown; attr: string };
    };
    if (typeof root === 'string') return [root, ...names.reverse()].join('.');
    if (read === undefined) return undefined;
    names.push(read.attr);
    at = read.left;
  }
}
