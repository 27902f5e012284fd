/** What a value is. Prose is made of words alone. */
export type AtomKind = 'address' | 'url' | 'host' | 'account' | 'number' | 'date' | 'time' | 'path';

/** A typed value in a text. */
export interface Atom {
  readonly kind: AtomKind;
  /** Its first and last token. */
  readonly first: number;
  readonly last: number;
  /** What it is compared by, each with its kind: one that was seen proves it. */
  readonly forms: readonly string[];
  /** What has been seen with it too, such as the host of an URL, that it is not proven by itself. */
  readonly gives: readonly string[];
}

export function writeForm(kind: AtomKind, value: string): string {
  return `${kind}:${value}`;
}
