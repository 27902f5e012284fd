import { listWords } from '../../../actions/name-words.ts';
import { familiesOfLiteral, familiesOfNoun, familiesOfVerbObject } from '../words/noun-families.ts';
import { toSingular } from '../words/word-forms.ts';
import type { RequestVerb } from './find-verbs.ts';
import { OWN_OBJECT, PRONOUNS } from './function-words.ts';
import { isLiteral, listLiterals, type PromptLiteral } from './prompt-literal.ts';
import { type PromptToken, wordAt } from './tokenise-prompt.ts';

/** One thing the prompt asks for: a verb, and everything the sentence has it act upon. */
export interface PromptRequest {
  readonly verb: string;
  readonly verbFamilies: readonly number[];
  readonly nounFamilies: ReadonlySet<number>;
  /** The nouns themselves, in the singular. */
  readonly nouns: ReadonlySet<string>;
  readonly literals: readonly PromptLiteral[];
  /** It is to be done in a place named before: to `reply there`. */
  readonly isThere: boolean;
  /** What is to be written follows word for word, without quotes. */
  readonly isDictated: boolean;
}

/** How far a sentence and what it refers to reach, in words. */
const FARTHEST = 400;
const PERSONS = listWords('him her them both');
/** Of a number that follows, these mean money. */
const GIVING = listWords('send transfer give lend wire pay refund donate');
const SAYINGS = listWords('message text question note comment reply saying word says announcement');

export function readRequest(
  tokens: readonly PromptToken[],
  verbs: readonly RequestVerb[],
  index: number,
): PromptRequest {
  const { at, verb, families } = verbs[index] as RequestVerb;
  const sentenceEnd = findStop(tokens, at);
  const next = Math.min(verbs[index + 1]?.at ?? tokens.length, at + FARTHEST);
  let own = tokens.slice(at + 1, Math.min(next, sentenceEnd));
  // `find and delete the file`: both verbs share what follows.
  if (!own.some(isThing)) own = tokens.slice(at + 1, sentenceEnd);
  const ownEnd = at + 1 + own.length;
  const refersBack = !own.some(isThing) || hasWord(own, PRONOUNS);
  const from = Math.max(0, at - FARTHEST);
  // `Pay the rent. The account is ...`: what is stated between two requests belongs to the first.
  const stated = listLiterals(tokens, Math.max(sentenceEnd, ownEnd), next);
  const named = [...listLiterals(tokens, at + 1, ownEnd), ...stated];
  const meant = named.length === 0 && hasWord(own, PERSONS) ? listLiterals(tokens, from, at) : [];
  const spoken = OWN_OBJECT.has(verb) ? [] : [...(refersBack ? tokens.slice(from, at) : []), ...own];
  const nounFamilies = new Set(familiesOfVerbObject(verb));
  for (const token of spoken) for (const family of familiesOfToken(token)) nounFamilies.add(family);
  if (own[0]?.kind === 'number' && GIVING.has(verb))
    for (const family of familiesOfLiteral('money')) nounFamilies.add(family);
  for (const { kind } of stated)
    if (kind !== 'quoted') for (const family of familiesOfLiteral(kind)) nounFamilies.add(family);
  return {
    verb,
    verbFamilies: families,
    nounFamilies,
    nouns: new Set(spoken.flatMap((token) => (token.kind === 'word' ? [toSingular(token.text)] : []))),
    literals: [...named, ...meant],
    isThere: wordAt(tokens, at + 1) === 'there',
    isDictated: own.some(
      (token, place) =>
        token.kind === 'pause' && token.text === ':' && SAYINGS.has(toSingular(wordAt(own, place - 1))),
    ),
  };
}

export function findStop(tokens: readonly PromptToken[], from: number): number {
  const end = Math.min(tokens.length, from + FARTHEST);
  for (let at = from; at < end; at++) if (tokens[at]?.kind === 'stop') return at;
  return end;
}

function hasWord(tokens: readonly PromptToken[], words: ReadonlySet<string>): boolean {
  return tokens.some((token) => token.kind === 'word' && words.has(token.text));
}

function isThing(token: PromptToken): boolean {
  return familiesOfToken(token).length > 0;
}

export function familiesOfToken(token: PromptToken): readonly number[] {
  if (token.kind === 'word') return familiesOfNoun(toSingular(token.text));
  return isLiteral(token) && token.kind !== 'quoted' ? familiesOfLiteral(token.kind) : [];
}
