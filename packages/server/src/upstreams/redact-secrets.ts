import { isJsonObject, type JsonValue } from '@countersign/core';
import { createSecretPattern, type SecretPattern } from './secret-forms.ts';

export interface Redacted {
  /** The very same value when nothing was found. */
  readonly value: JsonValue;
  /** How many times a secret was taken out. */
  readonly redacted: number;
}

const mark = '[redacted by countersign]';
const patterns = new WeakMap<readonly string[], { readonly pattern: SecretPattern | undefined }>();

/** Takes every spelling of the secrets out of all strings and keys of a value. `values` comes from `resolveInjection`. */
export function redactSecrets(value: JsonValue, values: readonly string[]): Redacted {
  const pattern = values.length === 0 ? undefined : patternOf(values);
  return pattern === undefined ? { value, redacted: 0 } : redact(value, pattern);
}

/** The same for one text, such as a line of a log. */
export function redactText(text: string, values: readonly string[]): string {
  const { value } = redactSecrets(text, values);
  return typeof value === 'string' ? value : '';
}

function patternOf(values: readonly string[]): SecretPattern | undefined {
  let known = patterns.get(values);
  if (known === undefined) {
    known = { pattern: createSecretPattern(values) };
    patterns.set(values, known);
  }
  return known.pattern;
}

function redact(value: JsonValue, pattern: SecretPattern): Redacted {
  if (typeof value === 'string') return redactString(value, pattern);
  if (Array.isArray(value)) return redactArray(value, pattern);
  return isJsonObject(value) ? redactObject(value, pattern) : { value, redacted: 0 };
}

function redactString(value: string, pattern: SecretPattern): Redacted {
  if (!pattern.isIn(value)) return { value, redacted: 0 };
  const { text, count } = pattern.replace(value, mark);
  return { value: text, redacted: count };
}

function redactArray(value: readonly JsonValue[], pattern: SecretPattern): Redacted {
  let redacted = 0;
  const items = value.map((item) => {
    const inner = redact(item, pattern);
    redacted += inner.redacted;
    return inner.value;
  });
  return { value: redacted === 0 ? value : items, redacted };
}

function redactObject(value: { readonly [key: string]: JsonValue }, pattern: SecretPattern): Redacted {
  let redacted = 0;
  const members: [string, JsonValue][] = [];
  for (const key of Object.keys(value)) {
    const name = redactString(key, pattern);
    const inner = redact(value[key] ?? null, pattern);
    redacted += name.redacted + inner.redacted;
    members.push([String(name.value), inner.value]);
  }
  return { value: redacted === 0 ? value : Object.fromEntries(members), redacted };
}
