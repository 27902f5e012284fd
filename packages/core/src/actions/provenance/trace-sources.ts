import type { JsonValue } from '../json-value.ts';
import type { Origin } from './origin.ts';
import type { ValueIndex } from './value-index.ts';

/** A value of an argument, and a record that taught it. */
export interface ArgumentSource {
  /** An RFC 6901 pointer into the arguments. */
  readonly at: string;
  readonly record: string;
  /** As what the record taught it. */
  readonly trust: Origin;
}

const MOST_SOURCES = 16;
const MOST_VALUES = 64;
const MOST_CHARACTERS = 16_384;
const DEEPEST = 32;
const LONGEST_POINTER = 256;
/** What is shorter stands in any text. */
const TELLING = /\d{3}|\p{L}.{4}/su;

/**
 * Which records taught the values of these arguments, whatever their roles: at most 16, in the order of the arguments.
 * The arguments are what an agent sent; looks at 64 values and 16,384 characters of them.
 */
export function traceSources(index: ValueIndex, args: JsonValue): readonly ArgumentSource[] {
  if (!index.hasSources) return [];
  const found: ArgumentSource[] = [];
  let values = MOST_VALUES;
  let room = MOST_CHARACTERS;
  const visit = (value: JsonValue, at: string, depth: number): void => {
    if (found.length >= MOST_SOURCES || values <= 0 || room <= 0) return;
    if (typeof value === 'object' && value !== null) {
      if (depth >= DEEPEST || at.length > LONGEST_POINTER) return;
      for (const [name, member] of Object.entries(value))
        visit(member, `${at}/${writeToken(name)}`, depth + 1);
      return;
    }
    if (typeof value !== 'string' && typeof value !== 'number') return;
    values -= 1;
    const text = String(value).slice(0, room);
    room -= text.length;
    if (!TELLING.test(text)) return;
    for (const { record, origin } of index.listSources(text))
      if (found.length < MOST_SOURCES) found.push({ at, record, trust: origin });
  };
  visit(args, '', 0);
  return found;
}

function writeToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
