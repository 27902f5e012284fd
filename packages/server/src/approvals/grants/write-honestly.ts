import { renderHonestly } from '@countersign/core';

const longest = 160;

/** One line for scripts and terminals: what hides or misleads stands there as its code points, what is cut is counted. */
export function writeHonestly(text: string): string {
  const cut = text.length > longest ? text.slice(0, longest).toWellFormed() : text;
  const shown = renderHonestly(cut)
    .segments.map(({ text: part, flag, codePoints }) =>
      flag === undefined ? part : `⟨${codePoints.join(' ')}⟩`,
    )
    .join('');
  return cut === text ? shown : `${shown} … ${text.length - longest} more characters`;
}
