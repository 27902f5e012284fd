/** What a reader should see at once in a piece of text; nothing else about the text changes. */
export type TokenKind = 'keyword' | 'operator' | 'place' | 'quoted' | 'remark' | 'warning';

/** A stretch of the text, in UTF-16 units, `to` exclusive; stretches do not overlap and stand in order. */
export interface Token {
  readonly from: number;
  readonly to: number;
  readonly kind: TokenKind;
}

/** What is longer is shown without marks: they are a help, and never worth the time of the server. */
export const LONGEST_MARKED = 65_536;

/** One token for each match whose text has a kind. `pattern` is global, linear, and matches nothing empty. */
export function findTokens(
  text: string,
  pattern: RegExp,
  kindOf: (found: RegExpExecArray) => TokenKind | undefined,
): readonly Token[] {
  const tokens: Token[] = [];
  for (const found of text.matchAll(pattern)) {
    const kind = kindOf(found);
    if (kind !== undefined) tokens.push({ from: found.index, to: found.index + found[0].length, kind });
  }
  return tokens;
}
