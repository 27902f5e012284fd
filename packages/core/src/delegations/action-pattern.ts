/**
 * Action patterns: `*` is every action; otherwise `<upstream>/<tool>`, where `*` stands once in a segment for any text
 * without a slash. One star a segment keeps containment and intersection exact and cheap; there is no regex.
 */
const PATTERN = /^[^\s/*]*\*?[^\s/*]*(?:\/[^\s/*]*\*?[^\s/*]*)+$/;
const LONGEST_PATTERN = 256;

export function isActionPattern(text: string): boolean {
  if (text === '*') return true;
  return text.length <= LONGEST_PATTERN && PATTERN.test(text) && !text.split('/').includes('');
}

/** Whether the action is one of the pattern's. What is no pattern matches nothing. */
export function matchAction(pattern: string, upstream: string, tool: string): boolean {
  if (pattern === '*') return true;
  if (!isActionPattern(pattern)) return false;
  return areSegmentsWithin(`${upstream}/${tool}`.split('/'), pattern.split('/'));
}

/** Whether every action of `part` is one of `whole`. Exact: true if and only if it is so. */
export function isPatternWithin(part: string, whole: string): boolean {
  if (!isActionPattern(part) || !isActionPattern(whole)) return false;
  if (whole === '*') return true;
  return part !== '*' && areSegmentsWithin(part.split('/'), whole.split('/'));
}

/** Patterns which together match exactly what both match. */
export function intersectPatterns(a: string, b: string): string[] {
  if (!isActionPattern(a) || !isActionPattern(b)) return [];
  if (a === '*') return [b];
  if (b === '*') return [a];
  const as = a.split('/');
  const bs = b.split('/');
  if (as.length !== bs.length) return [];
  let patterns: string[] | undefined;
  for (let i = 0; i < as.length; i++) {
    const segments = intersectSegments(as[i] ?? '', bs[i] ?? '');
    patterns =
      patterns === undefined
        ? segments
        : patterns.flatMap((head) => segments.map((segment) => `${head}/${segment}`));
  }
  return patterns ?? [];
}

/** Drops patterns that another one of the list already covers. */
export function dropCoveredPatterns(patterns: readonly string[]): string[] {
  const unique = [...new Set(patterns)];
  return unique.filter((one) => !unique.some((other) => other !== one && isPatternWithin(one, other)));
}

function areSegmentsWithin(parts: readonly string[], wholes: readonly string[]): boolean {
  return parts.length === wholes.length && parts.every((part, i) => isSegmentWithin(part, wholes[i] ?? ''));
}

/** A star in `part` stands for a letter that no literal contains, so only a star in `whole` can cover it. */
function isSegmentWithin(part: string, whole: string): boolean {
  const star = whole.indexOf('*');
  if (star < 0) return part === whole;
  return (
    part.length >= whole.length - 1 &&
    part.startsWith(whole.slice(0, star)) &&
    part.endsWith(whole.slice(star + 1))
  );
}

function intersectSegments(a: string, b: string): string[] {
  if (isSegmentWithin(a, b)) return [a];
  if (isSegmentWithin(b, a)) return [b];
  const starA = a.indexOf('*');
  const starB = b.indexOf('*');
  if (starA < 0 || starB < 0) return [];
  const prefix = chooseLonger(a.slice(0, starA), b.slice(0, starB), (long, short) => long.startsWith(short));
  const suffix = chooseLonger(a.slice(starA + 1), b.slice(starB + 1), (long, short) => long.endsWith(short));
  if (prefix === undefined || suffix === undefined) return [];
  const segments = [`${prefix}*${suffix}`];
  // Prefix and suffix come from different patterns here, so texts in which they overlap match both as well.
  const shortest = Math.max(a.length, b.length) - 1;
  for (let length = shortest; length < prefix.length + suffix.length; length++) {
    const shared = prefix.length + suffix.length - length;
    if (prefix.endsWith(suffix.slice(0, shared))) segments.push(prefix + suffix.slice(shared));
  }
  return segments;
}

function chooseLonger(
  a: string,
  b: string,
  extend: (long: string, short: string) => boolean,
): string | undefined {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return extend(long, short) ? long : undefined;
}
