import type { JsonObject, JsonValue } from '@countersign/core';
import { type ASTNode, Environment, Optional, type ParseResult } from '@marcbachmann/cel-js';
import type { Remembered } from '../../tasks/index.ts';
import { boundExpression } from './bound-expression.ts';
import { MappingError } from './mapping-error.ts';
import { readResult } from './read-result.ts';

/** What expressions may read; beyond what the draft has (COAZ-MCP §Information Model) only what was read before. */
export interface MappingInputs {
  readonly params: JsonObject;
  readonly token: JsonObject;
  /** What the task has read of the things that the upstream's settings name; nothing where it is left out. */
  readonly remembered?: Remembered;
}

const NOTHING: Remembered = new Map();

/** Its value, or undefined where it is absent. Throws `MappingError`. */
export type Expression = (inputs: MappingInputs) => JsonValue | undefined;

const LONGEST_EXPRESSION = 2_048;
const limits = { maxAstNodes: 64, maxDepth: 16, maxListElements: 32, maxMapEntries: 32, maxCallArguments: 4 };
const environment = new Environment({ unlistedVariablesAreDyn: false, enableOptionalTypes: true, limits })
  .registerVariable('params', 'map')
  .registerVariable('token', 'map')
  .registerVariable('remembered', 'map');

/** Compiles hostile CEL. Throws `MappingError`. */
export function compileExpression(text: string, budget: { nodes: number }): Expression {
  if (text.length > LONGEST_EXPRESSION) throw new MappingError('an expression is too long');
  const parsed = parse(text, budget);
  return (inputs) => {
    let value: unknown;
    try {
      const { params, token, remembered = NOTHING } = inputs;
      value = parsed({ params, token, remembered });
    } catch (thrown) {
      throw new MappingError(`expression '$${text}' failed: ${readCode(thrown)}`);
    }
    if (value instanceof Optional) {
      if (!value.hasValue()) return undefined;
      value = value.value();
    }
    return readResult(value, `expression '$${text}'`);
  };
}

function parse(text: string, budget: { nodes: number }): ParseResult {
  let parsed: ParseResult;
  let ast: ASTNode;
  try {
    parsed = environment.parse(text);
    ast = parsed.ast;
    const { valid, error } = parsed.check();
    if (!valid) throw error;
  } catch (thrown) {
    throw new MappingError(`expression '$${text}' is not valid: ${readCode(thrown)}`);
  }
  boundExpression(ast, budget);
  return parsed;
}

/** Its message may repeat values. */
function readCode(thrown: unknown): string {
  const isCoded = typeof thrown === 'object' && thrown !== null && 'code' in thrown;
  return isCoded && typeof thrown.code === 'string' ? thrown.code : 'it cannot be evaluated';
}
