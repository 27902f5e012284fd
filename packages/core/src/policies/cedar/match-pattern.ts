import type { CedarPatternJson } from './policy-json.ts';

type Finder = (text: string, from: number) => number;

/** Below this a plain search cannot be made slow; above it a hostile text must not make it quadratic. */
const PLAIN_SEARCH_LENGTH = 16;

/**
 * Cedar's `like`, in time linear in the text whatever the pattern. Code units match exactly when code points do, because
 * text and pattern are well-formed and no wildcard stands for exactly one character.
 */
export function compilePattern(pattern: CedarPatternJson): (text: string) => boolean {
  const [first = '', ...rest] = splitAtWildcards(pattern);
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  const finders = rest
    .filter((part) => part !== '')
    .map((part) => ({ length: part.length, find: makeFinder(part) }));
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const { length, find } of finders) {
      at = find(text, at);
      if (at < 0) return false;
      at += length;
      if (at > end) return false;
    }
    return true;
  };
}

/** The literal texts in front of, between and behind the wildcards. */
function splitAtWildcards(pattern: CedarPatternJson): string[] {
  const parts: string[] = [];
  let literals: string[] = [];
  for (const element of pattern) {
    if (element !== 'Wildcard') literals.push(element.Literal);
    else {
      parts.push(literals.join(''));
      literals = [];
    }
  }
  return [...parts, literals.join('')];
}

function makeFinder(part: string): Finder {
  if (part.length <= PLAIN_SEARCH_LENGTH) return (text, from) => text.indexOf(part, from);
  const fallback = listFallbacks(part);
  return (text, from) => {
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      while (matched > 0 && part.charCodeAt(matched) !== unit) matched = fallback[matched - 1] ?? 0;
      if (part.charCodeAt(matched) === unit) matched++;
      if (matched === part.length) return at - matched + 1;
    }
    return -1;
  };
}

/** Knuth, Morris and Pratt: how much of the part still matches when the next unit does not. */
function listFallbacks(part: string): Int32Array {
  const fallback = new Int32Array(part.length);
  let matched = 0;
  for (let at = 1; at < part.length; at++) {
    const unit = part.charCodeAt(at);
    while (matched > 0 && part.charCodeAt(matched) !== unit) matched = fallback[matched - 1] ?? 0;
    if (part.charCodeAt(matched) === unit) matched++;
    fallback[at] = matched;
  }
  return fallback;
}
