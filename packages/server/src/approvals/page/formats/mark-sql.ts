import { findTokens, type Token } from './token.ts';

const PIECE = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'?|"[^"]*"?|[A-Za-z_][A-Za-z0-9_$]*|;/g;
const CHANGING = new Set(
  'alter call copy create delete drop execute grant insert lock merge reindex replace revoke set truncate update vacuum'.split(
    ' ',
  ),
);
const KEYWORDS = new Set(
  'all and as begin between by case commit cross distinct else end except exists explain from full group having in inner intersect into is join left like limit not null offset on or order outer returning right rollback select table then union using values when where with'.split(
    ' ',
  ),
);

/** Words that change data stand out most, then the other keywords, texts, remarks, and where one statement ends. */
export function markSql(text: string): readonly Token[] {
  return findTokens(text, PIECE, ([piece]) => {
    if (piece === ';') return 'operator';
    if (piece.startsWith('--') || piece.startsWith('/*')) return 'remark';
    if (piece.startsWith("'") || piece.startsWith('"')) return 'quoted';
    const word = piece.toLowerCase();
    if (CHANGING.has(word)) return 'warning';
    return KEYWORDS.has(word) ? 'keyword' : undefined;
  });
}
