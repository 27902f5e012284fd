import { renderHonestly } from '../actions/render.ts';
import { isJsonPointer } from '../delegations/json-pointer.ts';

/** A piece of the sentence that says what the agent wants; strong pieces are values of the action itself. */
export interface SentencePart {
  readonly text: string;
  readonly strong: boolean;
}

/** What a template may name beside the arguments of the tool. */
export const SENTENCE_NAMES = ['upstream', 'tool', 'environment'] as const;

type Piece =
  | { readonly kind: 'words'; readonly text: string }
  /** An RFC 6901 pointer into the arguments, in which `*` is every item, or one of the names. */
  | { readonly kind: 'value'; readonly of: string };

export interface SentenceClause {
  /** Left out when one of its values is not given. */
  readonly isOptional: boolean;
  readonly pieces: readonly Piece[];
}

/** What follows after `<agent> wants to `. */
export type Sentence = readonly SentenceClause[];

const LONGEST = 240;
const MOST_VALUES = 8;
/** No quotes, which set values apart, and nothing that could pass for markup. */
const WORDS = /^[\p{L}\p{M}\p{N} ,.:;'’()/&#%+-]*$/u;
const PIECE = /\[|\]|\{[^{}[\]]*\}|[^{}[\]]+|[{}]/gu;

/**
 * A template as `Refund {/amount} to {/to}[ because of {/reason}] in {upstream}`: words that a person vouches for, values in
 * braces, and in brackets what is said only when it is given. Undefined when it is anything else: markup, quotes,
 * hidden or misleading characters, brackets in brackets, more than 240 characters or 8 values.
 */
export function parseSentence(template: string): Sentence | undefined {
  if (template.length > LONGEST || !/^\p{L}/u.test(template)) return undefined;
  const clauses: { isOptional: boolean; pieces: Piece[] }[] = [{ isOptional: false, pieces: [] }];
  let values = 0;
  for (const [token] of template.matchAll(PIECE)) {
    const open = clauses.at(-1);
    if (open === undefined) return undefined;
    if (token === '[' || token === ']') {
      if (open.isOptional === (token === '[')) return undefined;
      if (open.isOptional && !open.pieces.some(({ kind }) => kind === 'value')) return undefined;
      clauses.push({ isOptional: token === '[', pieces: [] });
    } else if (token.startsWith('{')) {
      const of = token.slice(1, -1);
      values += 1;
      if (!token.endsWith('}') || !isValueName(of) || values > MOST_VALUES) return undefined;
      open.pieces.push({ kind: 'value', of });
    } else {
      if (!WORDS.test(token) || renderHonestly(token).suspicious) return undefined;
      open.pieces.push({ kind: 'words', text: token });
    }
  }
  if (clauses.at(-1)?.isOptional !== false) return undefined;
  return clauses.filter(({ pieces }) => pieces.length > 0);
}

function isValueName(of: string): boolean {
  return (
    SENTENCE_NAMES.some((name) => name === of) || (of.length > 1 && of.startsWith('/') && isJsonPointer(of))
  );
}

/** The pointers into the arguments that a template names. */
export function listSentencePointers(sentence: Sentence): readonly string[] {
  const named = sentence.flatMap(({ pieces }) =>
    pieces.flatMap((piece) => (piece.kind === 'value' && piece.of.startsWith('/') ? [piece.of] : [])),
  );
  return [...new Set(named)];
}

/** The template with its values, which `find` says as text; undefined from it means that the call gives none. */
export function fillSentence(
  sentence: Sentence,
  find: (of: string) => string | undefined,
): readonly SentencePart[] {
  const parts: SentencePart[] = [];
  for (const { isOptional, pieces } of sentence) {
    const said = pieces.map((piece): SentencePart | undefined => {
      if (piece.kind === 'words') return { text: piece.text, strong: false };
      const text = find(piece.of);
      return text === undefined ? undefined : { text, strong: true };
    });
    if (isOptional && said.includes(undefined)) continue;
    for (const part of said) parts.push(part ?? { text: '(not given)', strong: false });
  }
  return parts.map((part, at) =>
    at === 0 && !part.strong ? { ...part, text: lowerFirst(part.text) } : part,
  );
}

/** It goes on after `wants to`; abbreviations stay as they are. */
function lowerFirst(text: string): string {
  return /^\p{Lu}(?!\p{Lu})/u.test(text) ? text.slice(0, 1).toLowerCase() + text.slice(1) : text;
}
