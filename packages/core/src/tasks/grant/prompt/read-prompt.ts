import { isDelegating, pointsAtContent } from './find-delegation.ts';
import { findVerbs } from './find-verbs.ts';
import { ENGLISH_WORDS } from './function-words.ts';
import { listLiterals, type PromptLiteral } from './prompt-literal.ts';
import { familiesOfToken, type PromptRequest, readRequest } from './read-request.ts';
import { type PromptToken, tokenisePrompt } from './tokenise-prompt.ts';

export interface ReadPrompt {
  readonly requests: readonly PromptRequest[];
  /** Of everything it asks for or mentions. */
  readonly nounFamilies: ReadonlySet<number>;
  readonly literals: readonly PromptLiteral[];
  readonly words: readonly string[];
  /** Whether it was read to its end, and is in the language whose words are known here. */
  readonly isUnderstood: boolean;
  /** It has the agent do what somebody wrote elsewhere. */
  readonly isDelegating: boolean;
  /** It has the agent look at what others may have written. */
  readonly pointsAtContent: boolean;
}

const MOST_REQUESTS = 256;

/** What a prompt asks for. Only words of it are used, so that nothing comes out that is not in it. */
export function readPrompt(prompt: string): ReadPrompt {
  const tokens = tokenisePrompt(prompt);
  const found = findVerbs(tokens);
  const verbs = found.slice(0, MOST_REQUESTS);
  const words = tokens.flatMap((token) => (token.kind === 'word' ? [token.text] : []));
  const requests = verbs.map((_, index) => readRequest(tokens, verbs, index));
  return {
    requests,
    nounFamilies: new Set([
      ...tokens.flatMap(familiesOfToken),
      ...requests.flatMap(({ nounFamilies }) => [...nounFamilies]),
    ]),
    literals: listLiterals(tokens, 0, tokens.length),
    words,
    isUnderstood: verbs.length === found.length && isEnglish(tokens, verbs.length),
    isDelegating: isDelegating(words),
    pointsAtContent: pointsAtContent(tokens, verbs),
  };
}

/** A prompt in another language asks for nothing that is known here, which is no reason to deny what it asks for. */
function isEnglish(tokens: readonly PromptToken[], verbs: number): boolean {
  const words = tokens.filter((token) => token.kind === 'word');
  if (words.length === 0) return false;
  const known = words.filter(({ text }) => ENGLISH_WORDS.has(text)).length;
  return words.length < 4 ? known + verbs > 0 : known * 8 >= words.length && known + verbs > 1;
}
