import type { JsonValue } from '@countersign/core';
import { MappingError } from './mapping-error.ts';

const MOST_VALUES = 1_000;
const MOST_CHARACTERS = 131_072;

/** Expressions take time linear in what they read; this bounds that. Throws `MappingError`. */
export function requireSmall(inputs: JsonValue): void {
  let values = 0;
  let characters = 0;
  const open: JsonValue[] = [inputs];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    values += 1;
    if (typeof value === 'string') characters += value.length;
    else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        characters += name.length;
        open.push(member);
      }
    }
    if (values + open.length > MOST_VALUES || characters > MOST_CHARACTERS)
      throw new MappingError('the call is too large to be mapped');
  }
}
