import type { PatternPart } from './literal.ts';

type Pattern = readonly PatternPart[];

/** Whether the text is like the pattern, as Cedar compares: in time linear in their product. */
export function doesMatch(pattern: Pattern, text: string): boolean {
  const characters = [...text];
  const parts = pattern.flatMap((part) => (part === 'Wildcard' ? [part] : [...part.Literal]));
  let [at, next] = [0, 0];
  let [wildcard, resume] = [-1, 0];
  while (at < characters.length) {
    if (parts[next] === 'Wildcard') [wildcard, resume, next] = [next, at, next + 1];
    else if (next < parts.length && parts[next] === characters[at]) [at, next] = [at + 1, next + 1];
    else if (wildcard >= 0) [resume, at, next] = [resume + 1, resume + 1, wildcard + 1];
    else return false;
  }
  return parts.slice(next).every((part) => part === 'Wildcard');
}

export function isAnyText(pattern: Pattern): boolean {
  return pattern.length > 0 && pattern.every((part) => part === 'Wildcard');
}

/** Whether what the one demands at its beginning or end excludes what the other demands there. */
export function arePrefixesApart(a: Pattern, b: Pattern): boolean {
  const [startA, startB] = [readStart(a), readStart(b)];
  if (!startA.startsWith(startB) && !startB.startsWith(startA)) return true;
  const [endA, endB] = [readStart(a, true), readStart(b, true)];
  return !endA.startsWith(endB) && !endB.startsWith(endA);
}

/** Whether all that is like `narrow` is also like `wide`; shown for a `wide` with one literal and wildcards around it. */
export function isCovered(narrow: Pattern, wide: Pattern): boolean {
  const literals = wide.filter((part) => part !== 'Wildcard').map((part) => part.Literal);
  const text = literals.join('');
  const isOpenStart = wide[0] === 'Wildcard';
  const isOpenEnd = wide.at(-1) === 'Wildcard';
  const inner = wide.slice(isOpenStart ? 1 : 0, isOpenEnd ? -1 : undefined);
  if (text === '' || inner.includes('Wildcard')) return false;
  if (isOpenStart && isOpenEnd) return readRuns(narrow).some((run) => run.includes(text));
  if (isOpenEnd) return readStart(narrow).startsWith(text);
  return isOpenStart && readStart(narrow, true).startsWith(reverse(text));
}

/** The literal text before the first wildcard; from the end, backwards. */
function readStart(pattern: Pattern, fromEnd = false): string {
  const parts = fromEnd ? pattern.toReversed() : pattern;
  let start = '';
  for (const part of parts) {
    if (part === 'Wildcard') break;
    start += fromEnd ? reverse(part.Literal) : part.Literal;
  }
  return start;
}

function readRuns(pattern: Pattern): readonly string[] {
  const runs = [''];
  for (const part of pattern) {
    if (part === 'Wildcard') runs.push('');
    else runs.push(`${runs.pop() ?? ''}${part.Literal}`);
  }
  return runs;
}

function reverse(text: string): string {
  return [...text].reverse().join('');
}
