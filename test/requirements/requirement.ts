export interface Requirement {
  /** `noun.what-is-promised`; the noun is one of the product's, or the part of it that keeps the promise. */
  readonly id: string;
  readonly promise: string;
  /** An attack succeeds against the naive gateway of the testkit and fails here, both in its proof. */
  readonly kind: 'attack' | 'behaviour';
  /** The test file that cites the id. */
  readonly proof: string;
}

/** An attack has a file of its own, named after it. */
export function attack(id: string, promise: string): Requirement {
  return { id, promise, kind: 'attack', proof: `test/attacks/${id.replace('.', '-')}.test.ts` };
}

export function behaviour(id: string, proof: string, promise: string): Requirement {
  return { id, promise, kind: 'behaviour', proof };
}
