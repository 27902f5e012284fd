import { familiesOfNoun } from '../words/noun-families.ts';
import { familiesOfSaid } from '../words/verb-families.ts';
import { listBaseForms } from '../words/word-forms.ts';
import {
  ASKERS,
  BEFORE_PASSIVE,
  BEFORE_REQUESTS,
  DOUBTFUL_VERBS,
  EMPTY_PHRASES,
  TWO_WORD_VERBS,
} from './function-words.ts';
import { type PromptToken, wordAt } from './tokenise-prompt.ts';

/** A verb that asks for something, where it stands. */
export interface RequestVerb {
  readonly at: number;
  /** In its base form. */
  readonly verb: string;
  readonly families: readonly number[];
}

/** The verbs by which a prompt asks for something; what it tells or asks about is none of them. */
export function findVerbs(tokens: readonly PromptToken[]): readonly RequestVerb[] {
  return tokens.flatMap((token, at) => {
    if (token.kind !== 'word') return [];
    const after = wordAt(tokens, at + 1);
    if (EMPTY_PHRASES.get(token.text)?.has(after) === true || isQuestioned(tokens, at)) return [];
    const isPassive = [1, 2, 3].some((back) => BEFORE_PASSIVE.has(wordAt(tokens, at - back)));
    const joined = TWO_WORD_VERBS.get(token.text)?.get(after);
    if (joined !== undefined) return [{ at, verb: joined, families: familiesOfSaid(joined) }];
    for (const verb of listBaseForms(token.text, isPassive)) {
      const families = familiesOfSaid(verb);
      if (families.length === 0) continue;
      const isDoubtful = familiesOfNoun(verb).length > 0 || DOUBTFUL_VERBS.has(verb);
      if (verb === token.text && isDoubtful && !isAsked(tokens, at)) continue;
      return [{ at, verb, families }];
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
