import { CedarCompileError } from '../errors.ts';

/** The JSON of a policy comes from a parser, but also from whoever holds the store: nothing is taken on trust. */
export function readMember(json: unknown, name: string): unknown {
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, name))
    throw new CedarCompileError(`"${name}" is missing`);
  return Reflect.get(json, name);
}

export function findMember(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, name)
    ? Reflect.get(json, name)
    : undefined;
}

export function readText(json: unknown, name: string): string {
  const text = readMember(json, name);
  if (typeof text !== 'string' || !text.isWellFormed())
    throw new CedarCompileError(`"${name}" is not a text of Unicode characters`);
  return text;
}

export function readList(json: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(json)) throw new CedarCompileError(`${what} is not a list`);
  return json;
}

/** The members of an object, whatever their names. */
export function listMembers(json: unknown, what: string): readonly (readonly [string, unknown])[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new CedarCompileError(`${what} is not an object`);
  return Object.entries(json);
}
