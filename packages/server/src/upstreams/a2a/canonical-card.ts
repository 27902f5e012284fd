import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';

/**
 * What the signatures of an agent card cover (A2A 1.0, section 8.4.1): the card without its signatures and without empty
 * members, canonical (RFC 8785).
 */
export function canonicalCard(card: JsonObject): string {
  const { signatures: _signatures, ...signed } = card;
  return canonicalJson(dropEmpty(signed) ?? {});
}

function dropEmpty(value: JsonValue): JsonValue | undefined {
  if (value === '' || value === null) return undefined;
  if (Array.isArray(value)) {
    const kept = value.map(dropEmpty).filter((one) => one !== undefined);
    return kept.length === 0 ? undefined : kept;
  }
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).flatMap(([name, member]) => {
    const full = dropEmpty(member);
    return full === undefined ? [] : [[name, full] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
