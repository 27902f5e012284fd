/** A policy reads what no record holds: the decision cannot be repeated, and nothing is guessed instead. */
export class UnknownFact extends Error {
  override readonly name = 'UnknownFact';
  /** As policies call it: `context.today`. */
  readonly fact: string;

  constructor(fact: string) {
    super(`no record holds ${fact}`);
    this.fact = fact;
  }
}

/** The unknown fact behind what an evaluation threw. */
export function findUnknownFact(thrown: unknown): UnknownFact | undefined {
  if (thrown instanceof UnknownFact) return thrown;
  return thrown instanceof Error && thrown.cause !== undefined ? findUnknownFact(thrown.cause) : undefined;
}
