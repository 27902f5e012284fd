export type JsonPrimitive = string | number | boolean | null;
export type JsonObject = { readonly [key: string]: JsonValue };
/** An I-JSON value (RFC 7493) as `parseStrictJson` returns it. */
export type JsonValue = JsonPrimitive | readonly JsonValue[] | JsonObject;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
