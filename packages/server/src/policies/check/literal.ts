import type { Expr } from '@cedar-policy/cedar-wasm/nodejs';
import { type EntityName, readEntityName } from '../schema/entity-name.ts';

/** A part of an expression whose value can differ between requests; equal terms have equal values in one request. */
export type Term = string;

export type Constant =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'long'; readonly value: number }
  | { readonly kind: 'flag'; readonly value: boolean }
  | ({ readonly kind: 'entity' } & EntityName);

export type PatternPart = 'Wildcard' | { readonly Literal: string };

/** One thing that a condition needs to be so. `opaque`: something of which only its name is understood. */
export type Literal =
  | { readonly kind: 'equals'; readonly term: Term; readonly value: Constant; readonly holds: boolean }
  | { readonly kind: 'range'; readonly term: Term; readonly least?: number; readonly most?: number }
  | {
      readonly kind: 'like';
      readonly term: Term;
      readonly pattern: readonly PatternPart[];
      readonly holds: boolean;
    }
  | { readonly kind: 'within'; readonly term: Term; readonly entity: EntityName; readonly holds: boolean }
  | { readonly kind: 'is'; readonly term: Term; readonly type: string; readonly holds: boolean }
  | { readonly kind: 'opaque'; readonly term: Term; readonly holds: boolean };

/** The constant that an expression is; undefined for any other. */
export function readConstant(expression: Expr): Constant | undefined {
  if ('neg' in expression) {
    const inner = readConstant((expression.neg as { readonly arg: Expr }).arg);
    return inner?.kind === 'long' ? { kind: 'long', value: -inner.value } : undefined;
  }
  if (!('Value' in expression)) return undefined;
  const value: unknown = expression.Value;
  if (typeof value === 'string') return { kind: 'text', value };
  if (typeof value === 'boolean') return { kind: 'flag', value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { kind: 'long', value } : undefined;
  const entity = readEntity(value);
  return entity && { kind: 'entity', ...entity };
}

function readEntity(value: unknown): EntityName | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const named = readEntityName(value as Parameters<typeof readEntityName>[0]);
  return typeof named?.type === 'string' && typeof named.id === 'string'
    ? { type: named.type, id: named.id }
    : undefined;
}

/** The constants of a set that is written out; undefined when it is no such set. */
export function readConstants(expression: Expr): readonly Constant[] | undefined {
  if (!('Set' in expression) || !Array.isArray(expression.Set)) return undefined;
  const read = expression.Set.map(readConstant);
  return read.every((one) => one !== undefined) ? read : undefined;
}

/** `context.args.amount` as people write it, for what can be written so; else its JSON. */
export function nameTerm(expression: Expr): Term {
  if ('Var' in expression) return String(expression.Var);
  if ('.' in expression) {
    const { left, attr } = expression['.'] as { readonly left: Expr; readonly attr: string };
    return `${nameTerm(left)}${/^[A-Za-z_]\w*$/.test(attr) ? `.${attr}` : `[${JSON.stringify(attr)}]`}`;
  }
  return JSON.stringify(expression);
}

export function isSameConstant(a: Constant, b: Constant): boolean {
  if (a.kind === 'entity' || b.kind === 'entity')
    return a.kind === 'entity' && b.kind === 'entity' && a.type === b.type && a.id === b.id;
  return a.kind === b.kind && a.value === b.value;
}

export function writeConstant(constant: Constant): string {
  return constant.kind === 'entity' ? writeEntity(constant) : JSON.stringify(constant.value);
}

export function writeEntity({ type, id }: EntityName): string {
  return `${type}::${JSON.stringify(id)}`;
}
