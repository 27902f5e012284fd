import { CedarCompileError } from '../errors.ts';
import { compilePattern } from '../match-pattern.ts';
import type { CedarPatternJson } from '../policy-json.ts';
import { requireSet, requireString } from '../require-type.ts';
import { type CedarSet, type CedarValue, makeCedarRecord, makeCedarSet } from '../value.ts';
import { strictPair } from './comparison-operations.ts';
import { type CompileOperation, foldConstant } from './compiled-expression.ts';
import { listMembers, readList, readMember, readText } from './node-json.ts';

const setOf: CompileOperation = (body, scope) => {
  const members = readList(body, '"Set"').map((member) => scope.compile(member));
  const runs = members.map((member) => member.run);
  return foldConstant(members, (request) => makeCedarSet(runs.map((run) => run(request))));
};

const recordOf: CompileOperation = (body, scope) => {
  const members = listMembers(body, '"Record"').map(([name, value]) => {
    if (!name.isWellFormed()) throw new CedarCompileError('a name is not a text of Unicode characters');
    return [name, scope.compile(value)] as const;
  });
  const parts = members.map(([, part]) => part);
  return foldConstant(parts, (request) => {
    const values = new Map<string, CedarValue>();
    for (const [name, { run }] of members) values.set(name, run(request));
    return makeCedarRecord(values);
  });
};

const contains: CompileOperation = strictPair((left, right) => requireSet(left).has(right));

const containsAll: CompileOperation = strictPair((left, right) =>
  holdsAll(requireSet(left), requireSet(right)),
);

const containsAny: CompileOperation = strictPair((left, right) =>
  holdsAny(requireSet(left), requireSet(right)),
);

function holdsAll(whole: CedarSet, part: CedarSet): boolean {
  return part.size <= whole.size && part.values().every((value) => whole.has(value));
}

function holdsAny(left: CedarSet, right: CedarSet): boolean {
  const [few, many] = left.size < right.size ? [left, right] : [right, left];
  return few.values().some((value) => many.has(value));
}

const isEmpty: CompileOperation = (body, scope) => {
  const arg = scope.compile(readMember(body, 'arg'));
  const { run } = arg;
  return foldConstant([arg], (request) => requireSet(run(request)).size === 0);
};

const like: CompileOperation = (body, scope) => {
  const left = scope.compile(readMember(body, 'left'));
  const matches = compilePattern(readPattern(readMember(body, 'pattern')));
  const { run } = left;
  return foldConstant([left], (request) => matches(requireString(run(request))));
};

function readPattern(json: unknown): CedarPatternJson {
  return readList(json, '"pattern"').map((element) =>
    element === 'Wildcard' ? element : { Literal: readText(element, 'Literal') },
  );
}

export const COLLECTION_OPERATIONS: readonly (readonly [string, CompileOperation])[] = [
  ['Set', setOf],
  ['Record', recordOf],
  ['contains', contains],
  ['containsAll', containsAll],
  ['containsAny', containsAny],
  ['isEmpty', isEmpty],
  ['like', like],
];
