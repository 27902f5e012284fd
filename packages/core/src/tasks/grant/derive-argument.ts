import { isJsonObject } from '../../actions/json-value.ts';
import { listWords, splitWords } from '../../actions/name-words.ts';
import type { ArgumentRole, Origin } from '../../actions/provenance/index.ts';
import type { PromptLiteral } from './prompt/prompt-literal.ts';
import type { ReadPrompt } from './prompt/read-prompt.ts';
import type { PromptRequest } from './prompt/read-request.ts';
import type { GrantArgument, GrantTool } from './task-grant.ts';

/** Whatever nobody hostile can have chosen. */
const PROVEN: readonly Origin[] = ['prompt', 'plan', 'delegation', 'trusted'];
const NAMED: readonly Origin[] = ['prompt', 'plan', 'delegation'];
/** What is written may be drawn from what was read, as long as it goes where it was meant to go. */
const WRITTEN: readonly Origin[] = [...PROVEN, 'untrusted', 'model'];
/** What was said word for word may be filled in, but not with what somebody else wrote. */
const DICTATED: readonly Origin[] = [...PROVEN, 'model'];

/** What an argument of a tool that is called for may hold. */
export function deriveArgument(
  { pointer, role }: ArgumentRole,
  tool: GrantTool,
  requests: readonly PromptRequest[],
  prompt: ReadPrompt,
  isOnlyMentioned = false,
): GrantArgument {
  const literals = requests.flatMap((request) => request.literals);
  if (role === 'content') {
    const isDictated =
      splitWords(pointer).some((word) => SPOKEN.has(word)) &&
      (requests.some((request) => request.isDictated) || literals.some(isSpoken));
    return isDictated
      ? { pointer, role, values: [], origins: DICTATED, refused: ['untrusted'] }
      : { pointer, role, values: [], origins: WRITTEN, refused: [] };
  }
  if (role === 'amount' && splitWords(pointer).some((word) => COUNT.has(word)))
    return { pointer, role, values: [], origins: DICTATED, refused: [] };
  if (role === 'target' && tool.isReversible !== true)
    return { pointer, role, values: [], origins: PROVEN, refused: [], bars: 'contested' };
  if (role !== 'destination') return { pointer, role, values: [], origins: PROVEN, refused: [] };
  const named = literals.filter((literal) => fitsPlace(literal, pointer, tool)).map(({ text }) => text);
  const isNamed = named.length > 0;
  const isOpen = !isNamed && !isOnlyMentioned && prompt.pointsAtContent;
  return {
    pointer,
    role,
    values: [...new Set(named)],
    origins: isNamed ? NAMED : PROVEN,
    refused: isOpen ? [] : ['untrusted'],
  };
}

const SPOKEN = listWords('body content text message comment reply question post note');
const SPEAKING = listWords(
  'message question text saying say says body content note comment reply tell write word',
);
const COUNT = listWords('quantity qty count');
const SENTENCE_WORDS = 4;

/** Words between quotes that somebody is to be told, and no name. */
function isSpoken({ kind, text, before }: PromptLiteral): boolean {
  if (kind !== 'quoted') return false;
  return text.split(/\s+/).length >= SENTENCE_WORDS || before.some((word) => SPEAKING.has(word));
}

const CODE = listWords('otp code pin passcode token');

/** A code that a service sends to have something confirmed comes in a message, and can do nothing else. */
export function deriveStepArgument(
  { pointer, role }: ArgumentRole,
  { definition }: GrantTool,
): GrantArgument {
  const isCode = role === 'target' && splitWords(pointer).some((word) => CODE.has(word));
  const isConfirming = splitWords(definition.name).some((word) => word === 'verify' || word === 'confirm');
  return { pointer, role, values: [], origins: isCode && isConfirming ? WRITTEN : PROVEN, refused: [] };
}

const ADDRESS = listWords('email emails mail address addresses');
const URL = listWords('url urls uri link website webpage page');
const ACCOUNT = listWords('iban account bic');
const PATH = listWords('path paths dir directory folder file filename');
const CHANNEL = listWords('channel channels room group');
const PERSON = listWords(
  'user users recipient recipients person people member members participant participants owner username collaborator invitee assignee',
);

function fitsPlace(
  { kind, before, after }: PromptLiteral,
  pointer: string,
  { definition }: GrantTool,
): boolean {
  const [, name = ''] = pointer.split('/');
  const words = [...splitWords(name), ...describe(definition.inputSchema, name)];
  const has = (table: ReadonlySet<string>) => words.some((word) => table.has(word));
  if (kind === 'address') return has(ADDRESS) || has(PERSON);
  if (kind === 'url') return has(URL);
  if (kind === 'iban') return has(ACCOUNT);
  if (kind === 'file' || kind === 'path') return has(PATH);
  if (kind === 'handle') return has(CHANNEL);
  const beside = [after, ...before.slice(0, 1)];
  if (kind === 'quoted') return has(CHANNEL) && beside.some((word) => CHANNEL.has(word));
  return false;
}

function describe(schema: unknown, name: string): readonly string[] {
  const properties = isJsonObject(schema) ? schema.properties : undefined;
  const property = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isJsonObject(property) && typeof property.description === 'string'
    ? splitWords(property.description)
    : [];
}
