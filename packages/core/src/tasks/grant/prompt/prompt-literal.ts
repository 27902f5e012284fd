import type { LiteralKind } from '../words/noun-families.ts';
import { type PromptToken, wordAt } from './tokenise-prompt.ts';

/** A value that the prompt gives as such: an address, an account, a file, or something between quotes. */
export interface PromptLiteral {
  readonly kind: LiteralKind | 'quoted';
  readonly text: string;
  /** The words right before it and behind it, nearest first. */
  readonly before: readonly string[];
  readonly after: string;
}

export function listLiterals(
  tokens: readonly PromptToken[],
  from: number,
  to: number,
): readonly PromptLiteral[] {
  const literals: PromptLiteral[] = [];
  for (let at = from; at < to; at++) {
    const token = tokens[at];
    if (token === undefined || !isLiteral(token)) continue;
    const before = [1, 2, 3].map((back) => wordAt(tokens, at - back)).filter((word) => word !== '');
    literals.push({ kind: token.kind, text: token.text, before, after: wordAt(tokens, at + 1) });
  }
  return literals;
}

type LiteralToken = PromptToken & { readonly kind: PromptLiteral['kind'] };

export function isLiteral(token: PromptToken): token is LiteralToken {
  const { kind } = token;
  return kind !== 'word' && kind !== 'number' && kind !== 'stop' && kind !== 'pause';
}
