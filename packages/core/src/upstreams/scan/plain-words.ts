const LONGEST_WORD = 64;
/** Of one word as it was written: letters with marks apart are several characters each. */
const LONGEST_RAW_WORD = 256;
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;
const QUOTES = /[\u2018\u2019\u201b\u02bc\u2032`\u00b4]/g;
const DOUBLE_QUOTES = /[\u201c\u201d\u201e\u00ab\u00bb]/g;

/**
 * The text as a model understands it: compatibility forms folded, invisible characters gone, one space between words,
 * no word longer than 64 characters, so that a pattern over words takes linear time whatever the text is. One character
 * may fold into 18 (U+FDFA): no word becomes longer than twice what was written and four.
 */
export function plainWords(text: string): string {
  const words = foldWords(text.replace(/\s/gu, ' ').replace(IGNORABLE, ''))
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

function foldWords(text: string): string {
  return text.replace(/[^ ]+/g, (word) => {
    const raw = word.slice(0, LONGEST_RAW_WORD);
    return raw.normalize('NFKC').slice(0, 2 * raw.length + 4);
  });
}
