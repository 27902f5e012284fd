import type { JsonPrimitive } from '../actions/json-value.ts';
import { maskSecret } from '../actions/mask-secret.ts';

const LONGEST = 120;
const MOST = 3;

/**
 * Values of one argument in a line: texts in quotes that no text can end early, secrets masked, long ones cut, and
 * it says so. `name` is the argument's own. Undefined when there are none.
 */
export function quoteValues(name: string, values: readonly JsonPrimitive[]): string | undefined {
  if (values.length === 0) return undefined;
  const said = values.slice(0, MOST).map((value) => quoteValue(name, value));
  const more = values.length - said.length;
  return more === 0 ? said.join(', ') : `${said.join(', ')} and ${more} more`;
}

function quoteValue(name: string, value: JsonPrimitive): string {
  if (typeof value !== 'string') return String(value);
  const masked = maskSecret(name, value);
  if (masked !== undefined) return `a secret of ${masked.length} characters`;
  if (value.length <= LONGEST) return quote(value);
  const shown = value.slice(0, LONGEST - 40).toWellFormed();
  return `${quote(`${shown}…`)} (${value.length - shown.length} more characters)`;
}

/** A text with such quotes in it could say that it ends before it does. */
function quote(text: string): string {
  return /[“”]/.test(text) ? JSON.stringify(text) : `“${text}”`;
}
