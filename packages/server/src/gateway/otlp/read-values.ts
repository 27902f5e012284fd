import type { JsonValue } from '@countersign/core';
import type { Attributes } from './told-piece.ts';
import type { AnyValue, KeyValue } from './wire/otlp-request.ts';

const mostAttributes = 1_024;
const longestKey = 256;

export function readAttributes(given: readonly KeyValue[] | undefined): Attributes {
  const attributes = new Map<string, JsonValue>();
  for (const { key, value } of given ?? []) {
    if (key === undefined || key === '' || key.length > longestKey || attributes.has(key)) continue;
    if (attributes.size >= mostAttributes) break;
    attributes.set(key.toWellFormed(), readValue(value));
  }
  return attributes;
}

/** As JSON: what JSON has no word for becomes text. Its depth is that of the message it came in, which is bounded. */
export function readValue(value: AnyValue | undefined): JsonValue {
  if (value?.stringValue !== undefined) return value.stringValue.toWellFormed();
  if (value?.boolValue !== undefined) return value.boolValue;
  if (value?.intValue !== undefined) return value.intValue;
  if (value?.doubleValue !== undefined)
    return Number.isFinite(value.doubleValue) ? value.doubleValue : String(value.doubleValue);
  if (value?.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(readValue);
  if (value?.kvlistValue !== undefined) return Object.fromEntries(readAttributes(value.kvlistValue.values));
  return value?.bytesValue ?? null;
}
