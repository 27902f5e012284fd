const LONGEST_WORD = 64;
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;
const QUOTES = /[\u2018\u2019\u201b\u02bc\u2032`\u00b4]/g;
const DOUBLE_QUOTES = /[\u201c\u201d\u201e\u00ab\u00bb]/g;

/**
 * The text as a model understands it: compatibility forms folded, invisible characters gone, one space between words,
 * no word longer than 64 characters, so that a pattern over words takes linear time whatever the text is.
 */
export function plainWords(text: string): string {
  const words = text
    .normalize('NFKC')
    .replace(/\s/gu, ' ')
    .replace(IGNORABLE, '')
    .replace(QUOTES, "'")
    .replace(DOUBLE_QUOTES, '"')
    .toLowerCase()
    .split(' ');
  const kept: string[] = [];
  for (const word of words) if (word !== '') kept.push(word.slice(0, LONGEST_WORD));
  return kept.join(' ');
}
