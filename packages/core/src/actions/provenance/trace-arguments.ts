import type { JsonValue } from '../json-value.ts';
import type { ArgumentRole, ArgumentRoleName } from './argument-role.ts';
import { findArgumentValues } from './find-argument-values.ts';
import { listOrigins, type Origin, type OriginMask, toMask, worstOf } from './origin.ts';
import type { ValueIndex } from './value-index.ts';

/** Where one value of an argument came from. */
export interface ArgumentTrace {
  readonly pointer: string;
  readonly role: ArgumentRoleName;
  readonly value: string;
  /** Of each atom the best origin in which all of it was seen. */
  readonly origins: ReadonlySet<Origin>;
  readonly worst: Origin;
  /** It is trusted, and untrusted text names it as well: somebody may have wanted just this one. */
  readonly isContested?: true;
}

/** Of what names something in one call; beyond that it is not looked at. */
const MOST_CHARACTERS = 65_536;

/**
 * Where the arguments with a role came from. Booleans, nulls and empty texts lead nowhere and are not traced; what is
 * seen nowhere is `model`, or `untrusted` when the index does not know everything. Bounded in time, whatever is given.
 */
export function traceArguments(
  index: ValueIndex,
  args: JsonValue,
  roles: readonly ArgumentRole[],
): readonly ArgumentTrace[] {
  const traces: ArgumentTrace[] = [];
  let room = MOST_CHARACTERS;
  for (const { pointer, role } of roles) {
    const { values, isComplete } = findArgumentValues(args, pointer);
    const note = (value: string, mask: OriginMask) => {
      const trace = { pointer, role, value, origins: listOrigins(mask), worst: worstOf(mask) };
      traces.push(isContested(index, trace) ? { ...trace, isContested: true } : trace);
    };
    for (const value of values) {
      const text = value === null || typeof value === 'boolean' ? '' : String(value);
      if (text.trim() === '') continue;
      if (role !== 'content') room -= text.length;
      note(text, room < 0 ? unproven(index) : index.trace(text, role));
    }
    if (!isComplete) note('', unproven(index));
  }
  return traces;
}

/** What is not looked at counts as if it had been found nowhere. */
function unproven(index: ValueIndex): OriginMask {
  return toMask(index.isComplete ? 'model' : 'untrusted');
}

/** What is short, or a small number, stands in any text. */
const TELLING = /\p{L}.{3}|\d{4}/su;

function isContested(index: ValueIndex, { worst, value }: Pick<ArgumentTrace, 'worst' | 'value'>): boolean {
  return worst === 'trusted' && TELLING.test(value) && index.originsOf(value).has('untrusted');
}
