import { CedarEvaluationError } from '../errors.ts';
import type { CedarRequest } from '../request.ts';
import type { CedarEntity, CedarValue } from '../value.ts';

/** Throws `CedarEvaluationError` where Cedar has no value. */
export type Evaluate = (request: CedarRequest) => CedarValue;

export interface CompiledExpression {
  readonly run: Evaluate;
  /** Set when it is the same for every request. */
  readonly constant?: CedarValue;
}

/** What an expression is compiled with. */
export interface CompileScope {
  readonly slots: ReadonlyMap<string, CedarEntity>;
  /** Compiles an expression one level further down. Throws `CedarCompileError` when that is too deep. */
  compile(json: unknown): CompiledExpression;
}

export type CompileOperation = (body: unknown, scope: CompileScope) => CompiledExpression;

export function makeConstant(value: CedarValue): CompiledExpression {
  return { run: () => value, constant: value };
}

/** Evaluates now what depends on no request. An error stays one of each evaluation. */
export function foldConstant(parts: readonly CompiledExpression[], run: Evaluate): CompiledExpression {
  if (parts.some((part) => part.constant === undefined)) return { run };
  try {
    return makeConstant(run(NO_REQUEST));
  } catch (error) {
    if (error instanceof CedarEvaluationError) return { run };
    throw error;
  }
}

function refuse(): never {
  throw new CedarEvaluationError('no request');
}

/** A constant asks the request for nothing, unless it asks the hierarchy, which only a request has. */
const NO_REQUEST: CedarRequest = {
  get principal() {
    return refuse();
  },
  get action() {
    return refuse();
  },
  get resource() {
    return refuse();
  },
  get context() {
    return refuse();
  },
  get entities() {
    return refuse();
  },
};
