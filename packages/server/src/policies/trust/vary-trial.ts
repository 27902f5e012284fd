import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Hints } from './collect-hints.ts';
import { nearLiterals } from './make-value.ts';
import type { Trial } from './trial.ts';

type Members = Record<string, CedarValueJson>;

/**
 * The same request by another principal and about another resource, which a scope lets through or not, and with one value that
 * the policy reads changed: to what it is compared with, to its neighbours, to nothing.
 */
export function* varyTrial(trial: Trial, { byPath }: Hints): Generator<Trial> {
  yield replaceEntity(trial, 'resource');
  yield replaceEntity(trial, 'principal');
  for (const [path, literals] of byPath) {
    const [root = '', ...names] = path.split('.');
    for (const literal of literals)
      for (const near of nearLiterals(literal)) yield* change(trial, root, names, near);
    yield* change(trial, root, names, undefined);
  }
}

/** With one that has the same attributes and is in nothing. */
function replaceEntity(trial: Trial, root: 'principal' | 'resource'): Trial {
  const before = trial[root];
  const uid = { type: before.type, id: 'another' };
  const found = trial.entities.find((entity) => isNamed(entity.uid, before));
  const others = trial.entities.filter((entity) => !isNamed(entity.uid, uid));
  return { ...trial, [root]: uid, entities: [...others, { uid, attrs: found?.attrs ?? {}, parents: [] }] };
}

function* change(
  trial: Trial,
  root: string,
  names: readonly string[],
  value: CedarValueJson | undefined,
): Generator<Trial> {
  if (names.length === 0) return;
  if (root === 'context') {
    yield { ...trial, context: setMember(trial.context, names, value) };
    return;
  }
  const uid = root === 'principal' ? trial.principal : root === 'resource' ? trial.resource : undefined;
  const entities = trial.entities.map((entity) =>
    isNamed(entity.uid, uid) ? { ...entity, attrs: setMember(entity.attrs, names, value) } : entity,
  );
  if (uid !== undefined) yield { ...trial, entities };
}

function setMember(
  members: Members,
  [name = '', ...rest]: readonly string[],
  value: CedarValueJson | undefined,
): Members {
  const copy: Members = Object.assign(Object.create(null), members);
  const before = copy[name];
  if (rest.length > 0) copy[name] = setMember(isMembers(before) ? before : {}, rest, value);
  else if (value === undefined) delete copy[name];
  else copy[name] = Array.isArray(before) && !Array.isArray(value) ? [value] : value;
  return copy;
}

function isMembers(value: CedarValueJson | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('__entity' in value);
}

function isNamed(one: unknown, other: Trial['principal'] | undefined): boolean {
  const { type, id } = one as Trial['principal'];
  return type === other?.type && id === other.id;
}
