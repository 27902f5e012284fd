import { type RenderFlag, renderHonestly } from '@countersign/core';

/** What can be read as it stands. */
const readable: ReadonlySet<RenderFlag> = new Set(['confusable', 'combining', 'punycode']);

/**
 * One line for a place that shows text as it comes: what cannot be seen, or turns the order of text around, is shown as
 * what it is; what is cut says so. Names come from people, directories and agents.
 */
export function writePlain(text: string, longest: number): string {
  const seen = renderHonestly(text.toWellFormed()).segments.map(({ text: piece, flag, codePoints }) => {
    if (flag === undefined || readable.has(flag)) return piece;
    if (flag === 'newline' || flag === 'tab') return ' ';
    return flag === 'mixed_script' ? `${piece} (mixed scripts)` : `‹${codePoints.join(' ')}›`;
  });
  const letters = [...seen.join('').replace(/\s+/gu, ' ').trim()];
  return letters.length <= longest ? letters.join('') : `${letters.slice(0, longest - 1).join('')}…`;
}
