import type { RenderSegment } from '@countersign/core';
import type { Token, TokenKind } from './token.ts';

/** A piece of honest text, with what a reader should see in it. */
export interface MarkedSegment extends RenderSegment {
  readonly kind?: TokenKind;
}

/** Divides plain pieces where tokens begin and end. Pieces with a flag stay whole: no mark ever stands for one of theirs. */
export function markSegments(
  segments: readonly RenderSegment[],
  tokens: readonly Token[],
): readonly MarkedSegment[] {
  if (tokens.length === 0) return segments;
  const marked: MarkedSegment[] = [];
  let at = 0;
  let next = 0;
  for (const segment of segments) {
    const end = at + segment.text.length;
    if (segment.flag !== undefined) {
      marked.push(segment);
      at = end;
      continue;
    }
    while (at < end) {
      while ((tokens[next]?.to ?? Number.POSITIVE_INFINITY) <= at) next += 1;
      const token = tokens[next];
      const isInside = token !== undefined && token.from <= at;
      const until = Math.min(end, token === undefined ? end : isInside ? token.to : token.from);
      const text = segment.text.slice(segment.text.length - (end - at), segment.text.length - (end - until));
      marked.push({ text, codePoints: [], ...(isInside ? { kind: token.kind } : {}) });
      at = until;
    }
  }
  return marked;
}
