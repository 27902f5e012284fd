import { classifyFromAnnotations } from '../../actions/classify-from-annotations.ts';
import { isJsonObject } from '../../actions/json-value.ts';
import { splitWords } from '../../actions/name-words.ts';
import type { ArgumentRole, ArgumentRoleName } from '../../actions/provenance/argument-role.ts';
import type { ToolDefinition } from '../tool-definition.ts';
import { listArguments, type SchemaArgument } from './list-arguments.ts';
import {
  ADDRESS_WORDS,
  AMOUNT_WORDS,
  CONTENT_WORDS,
  DESTINATION_PHRASES,
  ENCLOSED_WORDS,
  MANNER_WORDS,
  MESSAGE_WORDS,
  PLACE_WORDS,
  READING_WORDS,
  RECEIVER_WORDS,
  REMOVING_WORDS,
  SENDING_WORDS,
  SIGN_IN_WORDS,
  SOURCE_WORDS,
  THING_WORDS,
} from './role-words.ts';

const ADDRESS_FORMAT = /^(?:uri|url|iri|hostname|idn-hostname|ipv4|ipv6)/;

/**
 * Which arguments of a tool say where something goes, how much, which thing is meant and what is only read, from names,
 * descriptions and formats. A proposal: the upstream wrote what it rests on. Where names leave a doubt in a tool that
 * changes something, an argument names a thing, so that policy asks where it came from.
 */
export function proposeArgumentRoles(tool: ToolDefinition): readonly ArgumentRole[] {
  const kind = readKind(tool);
  const roles: ArgumentRole[] = [];
  for (const argument of listArguments(tool.inputSchema)) {
    const role = kind.changes ? proposeForChange(argument, kind) : proposeForReading(argument, kind);
    if (role !== undefined) roles.push({ pointer: argument.pointer, role });
  }
  return roles;
}

interface ToolKind {
  readonly changes: boolean;
  /** What it is given leaves the house. */
  readonly leaves: boolean;
  /** Nothing goes to whom it names: it removes them, or signs in as them. */
  readonly isAboutThem: boolean;
  /** It takes away what is at a place, and puts nothing there. */
  readonly takes: boolean;
}

function readKind(tool: ToolDefinition): ToolKind {
  const words = splitWords(tool.name);
  const hints = isJsonObject(tool.annotations) ? tool.annotations : {};
  const saysItReads = hints.readOnlyHint === true && words.some((word) => READING_WORDS.has(word));
  return {
    changes: !saysItReads && !classifyFromAnnotations(tool).effects.includes('read'),
    leaves: hints.openWorldHint === true,
    isAboutThem: words.some((word) => REMOVING_WORDS.has(word) || SIGN_IN_WORDS.has(word)),
    takes: words.some((word) => REMOVING_WORDS.has(word) || SENDING_WORDS.has(word)),
  };
}

function proposeForReading(argument: SchemaArgument, kind: ToolKind): ArgumentRoleName | undefined {
  if (argument.type === 'other' || argument.type === 'number') return undefined;
  if (isAddress(argument)) return 'destination';
  if (isManner(argument)) return undefined;
  return kind.leaves ? 'content' : 'target';
}

function proposeForChange(argument: SchemaArgument, kind: ToolKind): ArgumentRoleName | undefined {
  const { nameWords, holderWords, type } = argument;
  if (type === 'other') return undefined;
  if (type === 'number') {
    if (hasAny(nameWords, AMOUNT_WORDS)) return 'amount';
    return hasAny(nameWords, THING_WORDS) ? 'target' : undefined;
  }
  if (isAddress(argument)) return 'destination';
  if (hasAny(holderWords, ENCLOSED_WORDS)) return 'content';
  if (namesReceiver(nameWords)) return kind.isAboutThem ? 'target' : 'destination';
  if (hasAny(nameWords, AMOUNT_WORDS)) return 'amount';
  if (hasAny(nameWords, PLACE_WORDS)) {
    return kind.takes || hasAny(nameWords, SOURCE_WORDS) ? 'target' : 'destination';
  }
  return proposeForText(argument);
}

function proposeForText(argument: SchemaArgument): ArgumentRoleName | undefined {
  const { nameWords, description } = argument;
  const isThing = hasAny(nameWords, THING_WORDS);
  if (CONTENT_WORDS.has(nameWords.at(-1) ?? '') && !(isThing && nameWords.length > 1)) return 'content';
  if (isManner(argument)) return undefined;
  if (isThing) return 'target';
  if (speaksOfDestination(description)) return 'destination';
  return hasAny(nameWords, CONTENT_WORDS) ? 'content' : 'target';
}

function hasAny(nameWords: readonly string[], words: ReadonlySet<string>): boolean {
  return nameWords.some((word) => words.has(word));
}

function isAddress({ nameWords, format }: SchemaArgument): boolean {
  return hasAny(nameWords, ADDRESS_WORDS) || ADDRESS_FORMAT.test(format);
}

function isManner({ nameWords }: SchemaArgument): boolean {
  return hasAny(nameWords, MANNER_WORDS) && !hasAny(nameWords, THING_WORDS);
}

/** `channel_id` is where a message goes, `email_id` is a message. */
function namesReceiver(nameWords: readonly string[]): boolean {
  const isThing = THING_WORDS.has(nameWords.at(-1) ?? '');
  return nameWords.some((word) => RECEIVER_WORDS.has(word) && !(isThing && MESSAGE_WORDS.has(word)));
}

function speaksOfDestination(description: string): boolean {
  const text = description.toLowerCase();
  return DESTINATION_PHRASES.some((phrase) => text.includes(phrase));
}
