import { type JsonValue, renderHonestly } from '@countersign/core';

/** Flagged pieces in every text of the arguments, keys included; line ends and tabs are not hidden. */
export function countHidden(value: JsonValue): number {
  if (typeof value === 'string') {
    const { counts } = renderHonestly(value);
    return Object.entries(counts).reduce(
      (sum, [flag, count]) => (flag === 'newline' || flag === 'tab' ? sum : sum + count),
      0,
    );
  }
  if (typeof value !== 'object' || value === null) return 0;
  const parts: readonly JsonValue[] = Array.isArray(value) ? value : Object.entries(value).flat();
  return parts.reduce((sum: number, part) => sum + countHidden(part), 0);
}
