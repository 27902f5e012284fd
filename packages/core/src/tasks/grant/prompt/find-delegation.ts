import { listWords } from '../../../actions/name-words.ts';
import { toSingular } from '../words/word-forms.ts';
import type { RequestVerb } from './find-verbs.ts';
import { findStop } from './read-request.ts';
import { type PromptToken, wordAt } from './tokenise-prompt.ts';

const CARRY_OUT = listWords(
  `follow do perform complete execute handle fulfill fulfil accomplish finish implement act process carry address
   tackle work obey grant honor honour satisfy`,
);
const WHAT_TO_DO = listWords(
  `instruction task action todo to-do request step errand checklist guidance direction chore demand assignment
   says asks wants asked said requests requested needs wishes`,
);
/** What tells how to do something, for whoever follows it. */
const GUIDES = listWords(
  'readme guide manual tutorial document procedure recipe policy playbook runbook plan process',
);
/** `do I have` asks a question. */
const SUBJECTS = listWords('i you we they not there he she');
/** Those that follow are in the prompt itself. */
const IN_THE_PROMPT = listWords('following these below');

/** Whether the prompt has the agent do what somebody wrote elsewhere. */
export function isDelegating(words: readonly string[]): boolean {
  return words.some((word, at) => {
    if (!CARRY_OUT.has(word) || SUBJECTS.has(words[at + 1] ?? '')) return false;
    const after = words.slice(at + 1, at + 9);
    const what = after.findIndex((one) => isWhatToDo(word, one));
    if (what < 0) return false;
    return !after.slice(0, what).some((one) => IN_THE_PROMPT.has(one));
  });
}

function isWhatToDo(verb: string, word: string): boolean {
  const noun = toSingular(word);
  return WHAT_TO_DO.has(word) || WHAT_TO_DO.has(noun) || (verb === 'follow' && GUIDES.has(noun));
}

const RECEIVED = listWords(
  `email mail inbox letter note notice message dm attachment document file bill invoice webpage website page article
   url link blog post issue review comment ticket todo list recipe transcript newsletter`,
);
/** Words before a place to look in. */
const LOOKED_IN = listWords('in from at on via by through per inside within with based using of');

/**
 * Whether the prompt has the agent look at what others may have written: where it asks for something with it, or names
 * it as a place. That somebody sent a note is only told.
 */
export function pointsAtContent(tokens: readonly PromptToken[], verbs: readonly RequestVerb[]): boolean {
  const asked = verbs.map(({ at }) => ({ at, end: findStop(tokens, at) }));
  return tokens.some((token, at) => {
    if (token.kind !== 'word') return token.kind === 'url' || token.kind === 'file' || token.kind === 'path';
    if (token.text === 'same') return true;
    if (!RECEIVED.has(toSingular(token.text))) return false;
    if (asked.some((one) => one.at < at && at < one.end)) return true;
    return [1, 2, 3, 4].some((back) => LOOKED_IN.has(wordAt(tokens, at - back)));
  });
}
