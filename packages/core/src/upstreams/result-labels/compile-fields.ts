import type { Trust } from '../../tasks/labels.ts';
import type { ResultLabels } from './result-labels.ts';

/** One step of all pointers at once. */
export interface PointerStep {
  readonly next: ReadonlyMap<string, PointerStep>;
  readonly trust: Trust | undefined;
}

/** Fields by the names and pointers that find them. */
export interface CompiledFields {
  /** The trust that a member of this name has of its own. */
  findName(name: string): Trust | undefined;
  readonly pointers: PointerStep;
  readonly hasUntrusted: boolean;
}

const MOST_FOUND = 256;
const compiled = new WeakMap<ResultLabels, CompiledFields>();

export function compileFields(labels: ResultLabels): CompiledFields {
  const known = compiled.get(labels);
  if (known !== undefined) return known;
  const made = compile(labels);
  compiled.set(labels, made);
  return made;
}

/** `id_`, `Id` and `ID` are one name: who writes a field down does not know how a serialiser spells it. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

interface Growing {
  readonly next: Map<string, Growing>;
  trust: Trust | undefined;
}

function compile(labels: ResultLabels): CompiledFields {
  const names = new Map<string, Trust>();
  const pointers: Growing = { next: new Map(), trust: undefined };
  for (const { path, trust } of labels.fields) {
    if (trust === undefined) continue;
    if (path.startsWith('/')) {
      const end = grow(pointers, path);
      end.trust = worse(end.trust, trust);
    } else names.set(foldName(path), worse(names.get(foldName(path)), trust));
  }
  const found = new Map<string, Trust | undefined>();
  const hasUntrusted = labels.fields.some(({ trust }) => trust === 'untrusted');
  return { findName: (name) => findTrust(names, found, name), pointers, hasUntrusted };
}

/** Results have the same names again and again, and a stranger must not fill memory with others. */
function findTrust(
  names: ReadonlyMap<string, Trust>,
  found: Map<string, Trust | undefined>,
  name: string,
): Trust | undefined {
  if (names.size === 0) return undefined;
  const known = found.get(name);
  if (known !== undefined || found.has(name)) return known;
  const trust = names.get(foldName(name));
  if (found.size < MOST_FOUND && name.length <= 64) found.set(name, trust);
  return trust;
}

function grow(from: Growing, path: string): Growing {
  let step = from;
  for (const token of path.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const next = step.next.get(name) ?? { next: new Map(), trust: undefined };
    step.next.set(name, next);
    step = next;
  }
  return step;
}

function worse(a: Trust | undefined, b: Trust): Trust {
  return a === 'untrusted' ? a : b;
}
