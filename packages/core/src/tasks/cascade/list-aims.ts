import { isJsonObject, type JsonObject, type JsonValue } from '../../actions/json-value.ts';
import type { ArgumentRole } from '../../actions/provenance/argument-role.ts';
import { hashGoal } from './hash-call.ts';

const MOST_AIMS = 16;
const MOST_VISITED = 512;
const LONGEST_AIM = 320;
/** Of arguments that nobody knows the role of: what looks like an address, a link or a number of an account. */
const telling = /[@]|:\/\/|\d[\d -]{5,}/;

/** Whom or what a call is aimed at, as fingerprints: its destinations and targets, or where no role is known what looks like one. */
export function listAims(args: JsonObject, roles: readonly ArgumentRole[]): readonly number[] {
  const pointers = roles.filter(({ role }) => role === 'destination' || role === 'target');
  const texts: string[] = [];
  const budget = { left: MOST_VISITED };
  if (pointers.length > 0)
    for (const { pointer } of pointers) collectAt(args, pointer.split('/').slice(1), texts, budget);
  else collectAll(args, (text) => telling.test(text), texts, budget);
  return [...new Set(texts.slice(0, MOST_AIMS).map(hashGoal))];
}

interface Budget {
  left: number;
}

function collectAt(value: JsonValue, tokens: readonly string[], texts: string[], budget: Budget): void {
  budget.left -= 1;
  if (budget.left < 0) return;
  const [token, ...rest] = tokens;
  if (token === undefined) {
    collectAll(value, () => true, texts, budget);
    return;
  }
  const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
  if (name === '*') for (const inner of listInner(value)) collectAt(inner, rest, texts, budget);
  else if (isJsonObject(value) && Object.hasOwn(value, name))
    collectAt(value[name] ?? null, rest, texts, budget);
}

function collectAll(
  value: JsonValue,
  isMeant: (text: string) => boolean,
  texts: string[],
  budget: Budget,
): void {
  budget.left -= 1;
  if (budget.left < 0 || texts.length >= MOST_AIMS) return;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string') {
    // Short words are shared by chance, long ones are content.
    if (text.length >= 4 && text.length <= LONGEST_AIM && isMeant(text)) texts.push(text);
    return;
  }
  for (const inner of listInner(value)) collectAll(inner, isMeant, texts, budget);
}

function listInner(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return value.slice(0, MOST_VISITED);
  return isJsonObject(value) ? Object.values(value).slice(0, MOST_VISITED) : [];
}
