import type { JsonValue } from '../json-value.ts';
import type { ArgumentRole, ArgumentRoleName } from './argument-role.ts';
import { findArgumentValues } from './find-argument-values.ts';
import { bestOf, listOrigins, type Origin, toMask, worstOf } from './origin.ts';
import type { ValueIndex } from './value-index.ts';

/** Where one value of an argument came from. */
export interface ArgumentTrace {
  readonly pointer: string;
  readonly role: ArgumentRoleName;
  readonly value: string;
  /** Of each atom the best origin in which all of it was seen. */
  readonly origins: ReadonlySet<Origin>;
  readonly worst: Origin;
}

/**
 * Where the arguments with a role came from. Booleans, nulls and empty texts lead nowhere and are not traced; what is
 * seen nowhere is `model`, or `untrusted` when the index does not know everything.
 */
export function traceArguments(
  index: ValueIndex,
  args: JsonValue,
  roles: readonly ArgumentRole[],
): readonly ArgumentTrace[] {
  return roles.flatMap(({ pointer, role }) => {
    const { values } = findArgumentValues(args, pointer);
    return values.flatMap((value) => {
      if (value === null || typeof value === 'boolean') return [];
      const text = String(value);
      if (text.trim() === '') return [];
      const mask = traceText(index, text);
      return [{ pointer, role, value: text, origins: listOrigins(mask), worst: worstOf(mask) }];
    });
  });
}

function traceText(index: ValueIndex, text: string): number {
  const whole = index.maskOf(text);
  if (whole !== 0) return toMask(bestOf(whole));
  const atoms = text.split(/[\s,;|]+/).filter((atom) => atom !== '');
  const unknown = toMask(index.isComplete ? 'model' : 'untrusted');
  if (atoms.length < 2) return unknown;
  return atoms.reduce((mask, atom) => {
    const seen = index.maskOf(atom);
    return mask | (seen === 0 ? unknown : toMask(bestOf(seen)));
  }, 0);
}
