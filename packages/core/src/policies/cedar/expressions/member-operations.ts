import { CedarCompileError, CedarEvaluationError } from '../errors.ts';
import type { CedarRequest } from '../request.ts';
import { nameType, requireEntity, requireString } from '../require-type.ts';
import type { CedarRecord, CedarValue } from '../value.ts';
import { compilePair } from './comparison-operations.ts';
import { type CompileOperation, type Evaluate, foldConstant } from './compiled-expression.ts';
import { readList, readMember, readText } from './node-json.ts';

/** Undefined: an entity that does not exist. Anything without attributes errs the policy. */
function findAttributes(value: CedarValue, request: CedarRequest): CedarRecord | undefined {
  if (typeof value === 'object') {
    if (value.kind === 'record') return value;
    if (value.kind === 'entity') return request.entities.attributes(value);
  }
  throw new CedarEvaluationError(`expected a Record or an entity, got ${nameType(value)}`);
}

function getAttribute(value: CedarValue, name: string, request: CedarRequest): CedarValue {
  const attributes = findAttributes(value, request);
  if (attributes === undefined) throw new CedarEvaluationError('the entity does not exist');
  const found = attributes.get(name);
  if (found === undefined) throw new CedarEvaluationError(`there is no attribute ${JSON.stringify(name)}`);
  return found;
}

const access: CompileOperation = (body, scope) => {
  const left = scope.compile(readMember(body, 'left'));
  const name = readText(body, 'attr');
  const { run } = left;
  return foldConstant([left], (request) => getAttribute(run(request), name, request));
};

/** `x has a.b.c` is `x has a && x.a has b && x.a.b has c`. */
const has: CompileOperation = (body, scope) => {
  const left = scope.compile(readMember(body, 'left'));
  const { run } = left;
  const path = readPath(body);
  const [only] = path;
  if (path.length === 1 && only !== undefined)
    return foldConstant([left], (request) => findAttributes(run(request), request)?.get(only) !== undefined);
  const runPath: Evaluate = (request) => {
    let value: CedarValue | undefined = run(request);
    for (const name of path) {
      value = findAttributes(value, request)?.get(name);
      if (value === undefined) return false;
    }
    return true;
  };
  return foldConstant([left], runPath);
};

function readPath(body: unknown): readonly string[] {
  const attr = readMember(body, 'attr');
  if (typeof attr === 'string') return [readText(body, 'attr')];
  const path = readList(attr, '"attr"').map((name) => {
    if (typeof name === 'string' && name.isWellFormed()) return name;
    throw new CedarCompileError('"attr" holds something else than names');
  });
  if (path.length === 0) throw new CedarCompileError('"attr" is empty');
  return path;
}

const getTag: CompileOperation = (body, scope) => {
  const [left, right] = compilePair(body, scope);
  const [runLeft, runRight] = [left.run, right.run];
  const run: Evaluate = (request) => {
    const entity = requireEntity(runLeft(request));
    const found = request.entities.tags(entity)?.get(requireString(runRight(request)));
    if (found === undefined) throw new CedarEvaluationError('there is no such tag');
    return found;
  };
  return { run };
};

const hasTag: CompileOperation = (body, scope) => {
  const [left, right] = compilePair(body, scope);
  const [runLeft, runRight] = [left.run, right.run];
  const run: Evaluate = (request) => {
    const entity = requireEntity(runLeft(request));
    // Evaluated in any case: a tag that is no String errs also where there is no entity.
    const name = requireString(runRight(request));
    return request.entities.tags(entity)?.get(name) !== undefined;
  };
  return { run };
};

export const MEMBER_OPERATIONS: readonly (readonly [string, CompileOperation])[] = [
  ['.', access],
  ['has', has],
  ['getTag', getTag],
  ['hasTag', hasTag],
];
