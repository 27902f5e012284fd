import {
  familiesOfLiteral,
  familiesOfNoun,
  familiesOfVerbObject,
  type LiteralKind,
} from '../words/noun-families.ts';
import { familiesOfSaid } from '../words/verb-families.ts';
import { listBaseForms, toSingular } from '../words/word-forms.ts';
import {
  ASKERS,
  BEFORE_PASSIVE,
  BEFORE_REQUESTS,
  DOUBTFUL_VERBS,
  EMPTY_PHRASES,
  ENGLISH_WORDS,
  OWN_OBJECT,
  PRONOUNS,
  TWO_WORD_VERBS,
} from './function-words.ts';
import { type PromptToken, tokenisePrompt } from './tokenise-prompt.ts';

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
}

export interface PromptLiteral {
  readonly kind: LiteralKind | 'quoted';
  readonly text: string;
}

export interface ReadPrompt {
  readonly requests: readonly PromptRequest[];
  readonly literals: readonly PromptLiteral[];
  readonly words: readonly string[];
  /** Whether it was read to its end, and is in the language whose words are known here. */
  readonly isUnderstood: boolean;
}

interface Place {
  readonly at: number;
  readonly verb: string;
  readonly verbFamilies: readonly number[];
}

/** What a prompt asks for. Only words of it are used, so that nothing comes out that is not in it. */
export function readPrompt(prompt: string): ReadPrompt {
  const tokens = tokenisePrompt(prompt);
  const found = findVerbs(tokens);
  const places = found.slice(0, MOST_REQUESTS);
  return {
    requests: places.map((place, index) => readRequest(tokens, places, index, place)),
    literals: tokens.flatMap(toLiteral),
    words: tokens.flatMap((token) => (token.kind === 'word' ? [token.text] : [])),
    isUnderstood: places.length === found.length && isEnglish(tokens, places.length),
  };
}

function findVerbs(tokens: readonly PromptToken[]): readonly Place[] {
  return tokens.flatMap((token, at) => {
    if (token.kind !== 'word') return [];
    const after = wordAt(tokens, at + 1);
    if (EMPTY_PHRASES.get(token.text)?.has(after) === true || isQuestioned(tokens, at)) return [];
    const isPassive = [1, 2, 3].some((back) => BEFORE_PASSIVE.has(wordAt(tokens, at - back)));
    const joined = TWO_WORD_VERBS.get(token.text)?.get(after);
    if (joined !== undefined) return [{ at, verb: joined, verbFamilies: familiesOfSaid(joined) }];
    for (const verb of listBaseForms(token.text, isPassive)) {
      const verbFamilies = familiesOfSaid(verb);
      if (verbFamilies.length === 0) continue;
      const isDoubtful = familiesOfNoun(verb).length > 0 || DOUBTFUL_VERBS.has(verb);
      if (verb === token.text && isDoubtful && !isAsked(tokens, at)) continue;
      return [{ at, verb, verbFamilies }];
    }
    return [];
  });
}

/** Whether a sentence asks if or how something happens: `what did Anna send`. */
function isQuestioned(tokens: readonly PromptToken[], at: number): boolean {
  for (let back = at - 1; back >= Math.max(0, at - 4); back--) {
    if (tokens[back]?.kind === 'stop') return false;
    const word = wordAt(tokens, back);
    if (word === 'did' || word === 'does') return true;
    if (word === 'do' && ASKERS.has(wordAt(tokens, back + 1))) return true;
  }
  return false;
}

/** Whether a word that may be a noun is a verb here: `order it`, not `the order`. */
function isAsked(tokens: readonly PromptToken[], at: number): boolean {
  const before = tokens[at - 1];
  const after = tokens[at + 1];
  if (after === undefined || after.kind === 'stop') return false;
  if (before === undefined || before.kind === 'stop' || before.kind === 'pause') return true;
  if (before.kind === 'number') return true;
  return before.kind === 'word' && (BEFORE_REQUESTS.has(before.text) || before.text.endsWith('ly'));
}

function wordAt(tokens: readonly PromptToken[], at: number): string {
  const token = tokens[at];
  return token?.kind === 'word' ? token.text : '';
}

/** How far a sentence and what it refers to reach, in words. */
const FARTHEST = 400;
const MOST_REQUESTS = 256;

function readRequest(
  tokens: readonly PromptToken[],
  places: readonly Place[],
  index: number,
  place: Place,
): PromptRequest {
  const sentenceEnd = findStop(tokens, place.at);
  const next = Math.min(places[index + 1]?.at ?? tokens.length, place.at + FARTHEST);
  let span = tokens.slice(place.at + 1, Math.min(next, sentenceEnd));
  // `find and delete the file`: both verbs share what follows.
  if (!span.some(isThing)) span = tokens.slice(place.at + 1, sentenceEnd);
  const refersBack =
    !span.some(isThing) || span.some((token) => token.kind === 'word' && PRONOUNS.has(token.text));
  if (refersBack) span = [...tokens.slice(Math.max(0, place.at - FARTHEST), place.at), ...span];
  const nounFamilies = new Set(familiesOfVerbObject(place.verb));
  const nouns = new Set<string>();
  for (const token of OWN_OBJECT.has(place.verb) ? [] : span) {
    for (const family of familiesOfToken(token)) nounFamilies.add(family);
    if (token.kind === 'word') nouns.add(toSingular(token.text));
  }
  // `Pay the rent. The account is ...`: what is stated between two requests belongs to the first.
  const stated = tokens.slice(sentenceEnd, Math.max(next, sentenceEnd)).filter(isLiteral);
  for (const token of stated) for (const family of familiesOfToken(token)) nounFamilies.add(family);
  return {
    verb: place.verb,
    verbFamilies: place.verbFamilies,
    nounFamilies,
    nouns,
    literals: [...span, ...stated].flatMap(toLiteral),
    isThere: wordAt(tokens, place.at + 1) === 'there',
  };
}

function findStop(tokens: readonly PromptToken[], from: number): number {
  const end = Math.min(tokens.length, from + FARTHEST);
  for (let at = from; at < end; at++) if (tokens[at]?.kind === 'stop') return at;
  return end;
}

function isThing(token: PromptToken): boolean {
  return familiesOfToken(token).length > 0;
}

function familiesOfToken(token: PromptToken): readonly number[] {
  if (token.kind === 'word') return familiesOfNoun(toSingular(token.text));
  if (token.kind === 'stop' || token.kind === 'pause' || token.kind === 'number' || token.kind === 'quoted')
    return [];
  return familiesOfLiteral(token.kind);
}

function isLiteral(token: PromptToken): boolean {
  return toLiteral(token).length > 0;
}

function toLiteral(token: PromptToken): readonly PromptLiteral[] {
  if (token.kind === 'word' || token.kind === 'stop' || token.kind === 'pause' || token.kind === 'number')
    return [];
  return [token];
}

/** A prompt in another language asks for nothing that is known here, which is no reason to deny what it asks for. */
function isEnglish(tokens: readonly PromptToken[], verbs: number): boolean {
  const words = tokens.filter((token) => token.kind === 'word');
  if (words.length === 0) return false;
  const known = words.filter(({ text }) => ENGLISH_WORDS.has(text)).length;
  return words.length < 4 ? known + verbs > 0 : known * 8 >= words.length && known + verbs > 1;
}
