import { CedarCompileError, CedarReadError } from './errors.ts';
import { BOOLEAN_OPERATIONS } from './expressions/boolean-operations.ts';
import { COLLECTION_OPERATIONS } from './expressions/collection-operations.ts';
import { COMPARISON_OPERATIONS } from './expressions/comparison-operations.ts';
import {
  type CompiledExpression,
  type CompileOperation,
  type Evaluate,
  foldConstant,
  makeConstant,
} from './expressions/compiled-expression.ts';
import { ENTITY_OPERATIONS } from './expressions/entity-operations.ts';
import { MEMBER_OPERATIONS } from './expressions/member-operations.ts';
import { readList } from './expressions/node-json.ts';
import { EXTENSION_FUNCTIONS } from './extensions/index.ts';
import type { CedarExpressionJson } from './policy-json.ts';
import { readCedarValue } from './read-value.ts';
import { type SharedExpressions, shareExpressions } from './share-expressions.ts';
import type { CedarEntity } from './value.ts';

/** Nested operations of one expression; a chain of `&&` or `||` counts once. */
export const EXPRESSION_DEPTH_LIMIT = 300;

const readValue: CompileOperation = (body) => {
  try {
    return makeConstant(readCedarValue(body));
  } catch (error) {
    if (error instanceof CedarReadError) throw new CedarCompileError(error.message);
    throw error;
  }
};

const readVariable: CompileOperation = (body) => {
  switch (body) {
    case 'principal':
      return { run: (request) => request.principal };
    case 'action':
      return { run: (request) => request.action };
    case 'resource':
      return { run: (request) => request.resource };
    case 'context':
      return { run: (request) => request.context };
    default:
      throw new CedarCompileError('an unknown variable');
  }
};

const readSlot: CompileOperation = (body, { slots }) => {
  const entity = typeof body === 'string' ? slots.get(body) : undefined;
  if (entity === undefined) throw new CedarCompileError('a slot that nothing fills');
  return makeConstant(entity);
};

const OPERATIONS: ReadonlyMap<string, CompileOperation> = new Map([
  ['Value', readValue],
  ['Var', readVariable],
  ['Slot', readSlot],
  ...BOOLEAN_OPERATIONS,
  ...COMPARISON_OPERATIONS,
  ...ENTITY_OPERATIONS,
  ...MEMBER_OPERATIONS,
  ...COLLECTION_OPERATIONS,
]);

/**
 * Makes a closure of an expression in Cedar's JSON form. Throws `CedarCompileError` for what is no expression, for one
 * that nests deeper than `EXPRESSION_DEPTH_LIMIT`, and for a slot that `slots` does not fill.
 */
export function compileExpression(
  json: CedarExpressionJson,
  slots: ReadonlyMap<string, CedarEntity> = new Map(),
  shared: SharedExpressions = shareExpressions(),
): Evaluate {
  return compileNode(json, { slots, shared }, 0).run;
}

interface Surroundings {
  readonly slots: ReadonlyMap<string, CedarEntity>;
  readonly shared: SharedExpressions;
}

function compileNode(json: unknown, around: Surroundings, depth: number): CompiledExpression {
  if (depth > EXPRESSION_DEPTH_LIMIT)
    throw new CedarCompileError(`more than ${EXPRESSION_DEPTH_LIMIT} operations inside of each other`);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new CedarCompileError('an expression is not an object');
  const compile = () => compileOperation(json, around, depth);
  // What a slot stands for differs from link to link.
  return around.slots.size > 0 ? compile() : around.shared.find(json, compile);
}

function compileOperation(json: object, around: Surroundings, depth: number): CompiledExpression {
  const [name, more] = Object.keys(json);
  if (name === undefined || more !== undefined)
    throw new CedarCompileError('an expression has exactly one operation');
  const body: unknown = Reflect.get(json, name);
  const scope = {
    slots: around.slots,
    compile: (inner: unknown) => compileNode(inner, around, depth + 1),
  };
  const operation = OPERATIONS.get(name);
  if (operation !== undefined) return operation(body, scope);
  const call = EXTENSION_FUNCTIONS.get(name);
  if (call === undefined) throw new CedarCompileError(`there is no operation ${JSON.stringify(name)}`);
  const args = readList(body, `the arguments of ${name}`).map((arg) => scope.compile(arg));
  const runs = args.map((arg) => arg.run);
  return foldConstant(args, (request) => call(runs.map((run) => run(request))));
}
