const mostNamed = 500;

/** The cut calls as a record's body states them: all counted, as many named as a record may hold. */
export function describeCut(cut: readonly string[]): {
  readonly cut: readonly string[];
  readonly cutCount: number;
} {
  return { cut: cut.slice(0, mostNamed), cutCount: cut.length };
}
