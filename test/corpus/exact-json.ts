/** JSON in which a whole number that a double cannot hold is a `bigint`. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    return /^-?[0-9]+$/.test(context?.source ?? '') ? BigInt(context?.source ?? '') : value;
  });
}
