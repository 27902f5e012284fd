import { type RenderSegment, renderHonestly } from '@countersign/core';

/** Words of which the letters are all visible, only not what they seem: shown, with what they are. */
const visible = new Set(['confusable', 'mixed_script', 'punycode', 'combining']);

/**
 * Somebody else's text as one terminal line: control characters, escape sequences and invisible ones stand there by
 * name, so that it can neither move the cursor nor hide or fake anything.
 */
export function showHonestly(text: string): string {
  return renderHonestly(text).segments.map(showSegment).join('');
}

/** Like `showHonestly`, keeping line breaks, each line behind a mark that the text itself cannot write. */
export function showLines(text: string, mark = '│ '): string {
  return text
    .split('\n')
    .map((line) => mark + showHonestly(line))
    .join('\n');
}

function showSegment({ text, flag, codePoints }: RenderSegment): string {
  if (flag === undefined) return text;
  if (flag === 'newline') return text.replaceAll('\r', '\\r').replaceAll('\n', '\\n');
  if (flag === 'tab') return '\\t'.repeat(text.length);
  if (!visible.has(flag)) return `⟨${codePoints.join(' ')}⟩`;
  const odd = codePoints.filter((_, index) => (Array.from(text)[index] ?? '') > '\u007f');
  return flag === 'combining' || odd.length === 0 ? `${text}⟨${flag}⟩` : `${text}⟨${odd.join(' ')}⟩`;
}
