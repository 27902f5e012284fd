import { listWords } from '../../actions/name-words.ts';
import { deriveArgument, deriveStepArgument } from './derive-argument.ts';
import type { ReadPrompt } from './prompt/read-prompt.ts';
import type { PromptRequest } from './prompt/read-request.ts';
import type { ReadTool } from './read-tool.ts';
import type { GrantEntry, GrantTool } from './task-grant.ts';
import { toSingular } from './words/word-forms.ts';

export interface NamedTool extends GrantTool {
  readonly read: ReadTool;
}

interface Said {
  readonly prompt: ReadPrompt;
  readonly tools: readonly NamedTool[];
}

type Derived = Omit<GrantEntry, 'id'>;

/** A service has its user do these on the way to what was asked for. */
const STEPS = listWords('verify confirm validate authenticate login signin');
/** What no document may have an agent change: who gets in, and with what. */
const CREDENTIALS = listWords('password passcode passphrase pin credential secret token key ssh');
const AUTHORITY = listWords('ownership permission role');
const LETTERS = listWords('email mail inbox letter attachment newsletter invitation');
const FORM = listWords('input fill submit click register');
const WEB = listWords('webpage website web page site url link browser form');
/** What is posted goes to a place, what is mailed to one who gets it. */
const TO_A_PLACE = listWords('post publish announce upload comment');
const TO_ONE = listWords('direct email mail sms dm');

/** The entry that a prompt gives for one tool; undefined where nothing in it calls for the tool. */
export function deriveEntry(tool: NamedTool, said: Said): Derived | undefined {
  const requests = said.prompt.requests.filter((request) => callsFor(request, tool.read));
  if (requests.length > 0) {
    const words = [...new Set(requests.map(({ verb }) => verb))].slice(0, 4);
    return {
      ...nothing(tool, `the prompt asks to ${words.join(', ')}`),
      arguments: tool.roles.map((role) => deriveArgument(role, tool, requests, said.prompt)),
      asks: false,
    };
  }
  if (isStep(tool, said)) {
    const steps = tool.roles.map((role) => deriveStepArgument(role, tool));
    return {
      ...nothing(tool, 'a step on the way to what the prompt asks for'),
      arguments: steps,
      asks: false,
    };
  }
  if (said.prompt.isDelegating && !changesCredentials(tool.read) && !names(tool.read, AUTHORITY))
    return nothing(tool, 'the prompt leaves what to do to something the agent reads');
  if (isAbout(tool, said.prompt)) {
    const args = tool.roles.map((role) => deriveArgument(role, tool, [], said.prompt, true));
    return { ...nothing(tool, 'the prompt speaks of such a thing'), arguments: args };
  }
  if (isMeant(tool, said.prompt)) {
    const args = tool.roles.map((role) => deriveArgument(role, tool, [], said.prompt, true));
    return { ...nothing(tool, 'the prompt asks to do such a thing with something'), arguments: args };
  }
  if (leadsOn(tool, said.prompt)) return nothing(tool, 'what the prompt has the agent read may lead there');
  return undefined;
}

function nothing({ tool }: NamedTool, because: string): Derived {
  return { tool, arguments: [], asks: true, source: 'prompt', because, uses: null };
}

function callsFor(request: PromptRequest, tool: ReadTool): boolean {
  if (!request.verbFamilies.some((family) => tool.verbFamilies.has(family)) && !tool.verbs.has(request.verb))
    return false;
  if (
    changesCredentials(tool) &&
    ![...tool.nouns].some((noun) => CREDENTIALS.has(noun) && request.nouns.has(noun))
  )
    return false;
  if ((request.isThere || TO_A_PLACE.has(request.verb)) && [...tool.nouns].some((noun) => TO_ONE.has(noun)))
    return false;
  if (tool.nouns.size === 0) return true;
  for (const family of tool.nounFamilies) if (request.nounFamilies.has(family)) return true;
  for (const noun of tool.nouns) if (request.nouns.has(noun)) return true;
  return false;
}

function isStep(tool: NamedTool, { prompt, tools }: Said): boolean {
  if (![...tool.read.verbs].some((verb) => STEPS.has(verb))) return false;
  const upstream = upstreamOf(tool.tool);
  return tools.some(
    (other) =>
      other !== tool &&
      !other.read.isLooking &&
      upstreamOf(other.tool) === upstream &&
      prompt.requests.some((request) => callsFor(request, other.read)),
  );
}

function upstreamOf(tool: string): string {
  return tool.slice(0, tool.indexOf('/'));
}

function changesCredentials(tool: ReadTool): boolean {
  return !tool.isLooking && names(tool, CREDENTIALS);
}

function names({ nouns }: ReadTool, words: ReadonlySet<string>): boolean {
  return [...nouns].some((noun) => words.has(noun));
}

/** Tools that act on what the prompt speaks of. */
function isAbout({ read }: NamedTool, prompt: ReadPrompt): boolean {
  if (read.isLooking || changesCredentials(read)) return false;
  for (const family of read.nounFamilies) if (prompt.nounFamilies.has(family)) return true;
  return false;
}

/** Tools that do what the prompt asks for with a thing that no table knows: a brand, a place, a title. */
function isMeant({ read }: NamedTool, { requests }: ReadPrompt): boolean {
  if (read.isLooking || changesCredentials(read) || names(read, AUTHORITY)) return false;
  return requests.some(
    ({ verb, verbFamilies, nounFamilies }) =>
      nounFamilies.size === 0 &&
      (read.verbs.has(verb) || verbFamilies.some((family) => read.verbFamilies.has(family))),
  );
}

/** Pages to which a letter that is to be read may lead, and forms on a page that the prompt names. */
function leadsOn({ read }: NamedTool, prompt: ReadPrompt): boolean {
  if (![...read.nouns].some((noun) => WEB.has(noun))) return false;
  const fillsForms = [...read.verbs].some((verb) => FORM.has(verb));
  if (!read.isLooking && !fillsForms) return false;
  const isNamed = prompt.literals.some(({ kind }) => kind === 'url');
  if (fillsForms && isNamed) return true;
  return prompt.pointsAtContent && prompt.words.some((word) => LETTERS.has(toSingular(word)));
}
