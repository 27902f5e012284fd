import { AppError } from '@countersign/api';
import type { JsonObject, JsonValue } from '@countersign/core';
import type { ApiField } from '../../upstreams/index.ts';

/**
 * The typed values of `name=value` pairs. A name nobody declared, or one that is given more often than it may be, is
 * refused: two readers could disagree on it. Throws `action.arguments_invalid`.
 */
export function readFields(
  where: string,
  fields: readonly ApiField[],
  pairs: readonly (readonly [name: string, value: string])[],
): JsonObject {
  const known = new Map(fields.map((field) => [field.name, field]));
  const found = new Map<string, JsonValue[]>();
  const maps = new Map<string, Map<string, JsonValue>>();
  for (const [name, text] of pairs) {
    const field = known.get(name);
    if (field !== undefined && field.shape !== 'map') {
      const values = field.shape === 'commas' ? text.split(',') : [text];
      const list = found.get(name) ?? [];
      if (field.shape !== 'list' && list.length > 0) throw refuse(`${where}.${name} is given twice`);
      found.set(name, [...list, ...values.map((one) => readTyped(one, field))]);
      continue;
    }
    const [, root = '', member = ''] = /^([^[\]]+)\[([^[\]]+)\]$/.exec(name) ?? [];
    const map = known.get(root);
    if (map?.shape !== 'map') throw refuse(`${where}.${name} is not known`);
    const members = maps.get(root) ?? new Map<string, JsonValue>();
    if (members.has(member)) throw refuse(`${where}.${name} is given twice`);
    maps.set(root, members.set(member, text));
  }
  const entries: [string, JsonValue][] = [...found].map(([name, list]) => [
    name,
    known.get(name)?.shape === 'single' ? (list[0] ?? null) : list,
  ]);
  for (const [name, members] of maps) entries.push([name, Object.fromEntries(members)]);
  return Object.fromEntries(entries);
}

/** Numbers have one spelling here: others are text, which the schema then refuses. */
export function readTyped(text: string, { types }: Pick<ApiField, 'types'>): JsonValue {
  for (const type of types) {
    if (type === 'string') return text;
    if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
    const number = Number(text);
    const isPlain = String(number) === text && Number.isFinite(number);
    if (type === 'integer' && isPlain && Number.isSafeInteger(number)) return number;
    if (type === 'number' && isPlain) return number;
  }
  return text;
}

function refuse(detail: string): AppError {
  return new AppError('action.arguments_invalid', { detail: detail.slice(0, 200).toWellFormed() });
}
