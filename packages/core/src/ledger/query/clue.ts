/** One thing that a record can be told by. A term of a query that says nothing more exact stands for several. */
export type Clue =
  | { readonly by: 'id' | 'upstream' | 'tool' | 'trace' | 'toolcall' | 'session'; readonly value: string }
  | { readonly by: 'effect' | 'decision' | 'outcome' | 'policy' | 'hash'; readonly value: string }
  /** What was told of a span, or of those begun in one: `<trace>/<span>`. */
  | { readonly by: 'span' | 'parentspan'; readonly value: string }
  /** Its place in the ledger. */
  | { readonly by: 'seq'; readonly seq: number }
  /** May end in `.*`. */
  | { readonly by: 'kind'; readonly value: string }
  /** In normal form. `at`: JSON pointer. */
  | { readonly by: 'value'; readonly value: string; readonly at?: string };

/** A term whose names have been looked up: one of the clues has to fit, or none of them. */
export interface ResolvedTerm {
  readonly clues: readonly Clue[];
  readonly negated: boolean;
}

/** All have to hold. Times are epoch milliseconds, `to` is exclusive. */
export interface ResolvedGroup {
  readonly terms: readonly ResolvedTerm[];
  readonly from: number;
  readonly to: number;
}
