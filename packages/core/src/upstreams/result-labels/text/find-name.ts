import { TextFlaw } from './flaw.ts';
import { readDoubled, readEscaped } from './read-quoted.ts';

const LONGEST_NAME = 128;
const INDICATOR = /^[?:,[\]{}#&*!|>%@`]/;

export interface FoundName {
  readonly name: string;
  /** What stands behind the colon, without the blanks before it. */
  readonly rest: string;
}

/** The name at the beginning of a line `name: value`; undefined when there is none. */
export function findName(line: string): FoundName | undefined {
  const quote = line[0];
  if (quote === '"' || quote === "'") return findQuotedName(line, quote);
  if (INDICATOR.test(line) || isItem(line)) return undefined;
  for (let at = line.indexOf(':'); at !== -1 && at <= LONGEST_NAME; at = line.indexOf(':', at + 1)) {
    if (isBreak(line, at + 1))
      return { name: line.slice(0, at).trimEnd(), rest: line.slice(at + 1).trimStart() };
  }
  return undefined;
}

export function isItem(line: string): boolean {
  return line.startsWith('-') && isBreak(line, 1);
}

function findQuotedName(line: string, quote: string): FoundName | undefined {
  const source = line.slice(0, LONGEST_NAME * 4);
  try {
    const { text, end } = quote === '"' ? readEscaped(source, 0) : readDoubled(source, 0);
    if (line[end] !== ':' || !isBreak(line, end + 1)) return undefined;
    return { name: text, rest: line.slice(end + 1).trimStart() };
  } catch (thrown) {
    if (thrown instanceof TextFlaw) return undefined;
    throw thrown;
  }
}

function isBreak(line: string, at: number): boolean {
  const unit = line[at];
  return unit === undefined || unit === ' ' || unit === '\t';
}
