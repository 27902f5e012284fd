import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { AppError } from '@countersign/api';
import { cedarGeneration, useCedar } from './cedar.ts';

/** A policy set parsed inside the engine, under an id of a pool: the engine never drops a set, only replaces it. */
export interface PreparedSet {
  /** The id under which the engine holds the set now. Throws `policy.unavailable`. */
  id(): string;
  /** Gives the id back; the set must not be used after it. */
  release(): void;
}

const freeIds: string[] = [];
let idsMade = 0;

/** Throws `policy.unavailable` when the engine does not take the policies. */
export function prepareSet(policies: Readonly<Record<string, PolicyJson>>): PreparedSet {
  const id = freeIds.pop() ?? makeId();
  let generation = -1;
  let released = false;
  const prepare = (): string => {
    if (released) throw new AppError('policy.unavailable');
    if (generation !== cedarGeneration()) {
      replaceSet(id, policies);
      generation = cedarGeneration();
    }
    return id;
  };
  const release = (): void => {
    if (released) return;
    released = true;
    freeIds.push(id);
    if (generation !== cedarGeneration()) return;
    try {
      // An empty set takes the place of the one that is no longer needed, so that its memory is not kept.
      replaceSet(id, {});
    } catch {
      // The engine broke: what it held is gone with it.
    }
  };
  try {
    prepare();
  } catch (thrown) {
    freeIds.push(id);
    throw thrown;
  }
  return { id: prepare, release };
}

function replaceSet(id: string, policies: Readonly<Record<string, PolicyJson>>): void {
  let answer: { readonly type: string };
  try {
    answer = useCedar((cedar) => cedar.preparsePolicySet(id, { staticPolicies: { ...policies } }));
  } catch (cause) {
    throw new AppError('policy.unavailable', { cause });
  }
  if (answer.type !== 'success') throw new AppError('policy.unavailable', { cause: answer });
}

function makeId(): string {
  idsMade += 1;
  return `set-${idsMade}`;
}
