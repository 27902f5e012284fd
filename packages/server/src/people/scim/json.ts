/** Plain data that came from a strict parser: no key in it reaches a prototype. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's own key with this name, whatever its case (RFC 7643 §2.1). */
export function findKey(of: JsonRecord, name: string): string | undefined {
  if (Object.hasOwn(of, name)) return name;
  const wanted = name.toLowerCase();
  return Object.keys(of).find((key) => key.toLowerCase() === wanted);
}

export function readMember(of: JsonRecord, name: string): unknown {
  const key = findKey(of, name);
  return key === undefined ? undefined : of[key];
}
