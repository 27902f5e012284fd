import { requireBoolean } from '../require-type.ts';
import {
  type CompiledExpression,
  type CompileOperation,
  type CompileScope,
  type Evaluate,
  foldConstant,
  makeConstant,
} from './compiled-expression.ts';
import { findMember, readMember } from './node-json.ts';

/** `a && b && c` is one list, however long and however nested, so that long policies are not deep ones. */
function listOperands(operator: '&&' | '||', body: unknown, scope: CompileScope): CompiledExpression[] {
  const operands: CompiledExpression[] = [];
  const waiting: unknown[] = [readMember(body, 'right'), readMember(body, 'left')];
  while (waiting.length > 0) {
    const next = waiting.pop();
    const inner = findMember(next, operator);
    if (inner === undefined) operands.push(scope.compile(next));
    else waiting.push(readMember(inner, 'right'), readMember(inner, 'left'));
  }
  return operands;
}

/** Stops at the first operand that equals `decisive`; those behind it are not evaluated and cannot err. */
function shortCircuit(operator: '&&' | '||', decisive: boolean): CompileOperation {
  return (body, scope) => {
    const operands = listOperands(operator, body, scope);
    while (operands.length > 1 && operands[0]?.constant === !decisive) operands.shift();
    if (operands[0]?.constant === decisive) return makeConstant(decisive);
    const runs = operands.map((operand) => operand.run);
    return foldConstant(operands, runUntil(runs, decisive));
  };
}

function runUntil(runs: readonly Evaluate[], decisive: boolean): Evaluate {
  const [first, second] = runs;
  if (runs.length === 2 && first !== undefined && second !== undefined)
    return (request) =>
      requireBoolean(first(request)) === decisive ? decisive : requireBoolean(second(request));
  return (request) => {
    for (const run of runs) if (requireBoolean(run(request)) === decisive) return decisive;
    return !decisive;
  };
}

const negate: CompileOperation = (body, scope) => {
  const arg = scope.compile(readMember(body, 'arg'));
  const { run } = arg;
  return foldConstant([arg], (request) => !requireBoolean(run(request)));
};

const choose: CompileOperation = (body, scope) => {
  const condition = scope.compile(readMember(body, 'if'));
  const yes = scope.compile(readMember(body, 'then'));
  const no = scope.compile(readMember(body, 'else'));
  if (typeof condition.constant === 'boolean') return condition.constant ? yes : no;
  const { run } = condition;
  const [runYes, runNo] = [yes.run, no.run];
  return { run: (request) => (requireBoolean(run(request)) ? runYes(request) : runNo(request)) };
};

export const BOOLEAN_OPERATIONS: readonly (readonly [string, CompileOperation])[] = [
  ['&&', shortCircuit('&&', false)],
  ['||', shortCircuit('||', true)],
  ['!', negate],
  ['if-then-else', choose],
];
