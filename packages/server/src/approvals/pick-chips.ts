const mostChips = 3;

/** The first three that hold: more is no longer read. */
export function pickChips(chips: readonly (string | false)[]): readonly string[] {
  return chips.filter((chip) => chip !== false).slice(0, mostChips);
}

export function describeHidden(hidden: number, where: string): string | false {
  if (hidden === 0) return false;
  return `${hidden} hidden or misleading ${hidden === 1 ? 'character' : 'characters'} in the ${where}`;
}

/** `once`, `3 times`. */
export function countTimes(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}
