import { isJsonObject, type JsonValue } from '../actions/json-value.ts';

export interface CappedRows {
  /** The very same value when nothing was cut. */
  readonly value: JsonValue;
  /** How many elements were cut off. */
  readonly cut: number;
}

/** Cuts every array to its first elements, however deep it is. */
export function capRows(value: JsonValue, rows: number): CappedRows {
  if (Array.isArray(value)) return capArray(value, rows);
  if (!isJsonObject(value)) return { value, cut: 0 };
  let cut = 0;
  const members = Object.entries(value).map(([name, member]): [string, JsonValue] => {
    const inner = capRows(member, rows);
    cut += inner.cut;
    return [name, inner.value];
  });
  return { value: cut === 0 ? value : Object.fromEntries(members), cut };
}

function capArray(value: readonly JsonValue[], rows: number): CappedRows {
  let cut = Math.max(0, value.length - rows);
  const kept = value.slice(0, rows).map((element) => {
    const inner = capRows(element, rows);
    cut += inner.cut;
    return inner.value;
  });
  return { value: cut === 0 ? value : kept, cut };
}
