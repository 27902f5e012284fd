import { classifyFromAnnotations } from '../../actions/classify-from-annotations.ts';
import type { ArgumentRole, ArgumentRoleName } from '../../actions/provenance/argument-role.ts';
import type { ToolDefinition } from '../tool-definition.ts';
import { listArguments, type SchemaArgument } from './list-arguments.ts';
import {
  ADDRESS_WORDS,
  AMOUNT_WORDS,
  CONTENT_WORDS,
  DESTINATION_PHRASES,
  MANNER_WORDS,
  MESSAGE_WORDS,
  PLACE_WORDS,
  RECEIVER_WORDS,
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
  const { effects } = classifyFromAnnotations(tool);
  const kind = { changes: !effects.includes('read'), leaves: effects.includes('egress') };
  const roles: ArgumentRole[] = [];
  for (const argument of listArguments(tool.inputSchema)) {
    const role = proposeRole(argument, kind);
    if (role !== undefined) roles.push({ pointer: argument.pointer, role });
  }
  return roles;
}

interface ToolKind {
  readonly changes: boolean;
  readonly leaves: boolean;
}

function proposeRole(argument: SchemaArgument, kind: ToolKind): ArgumentRoleName | undefined {
  const { nameWords, holderWords, type, format } = argument;
  const has = (words: ReadonlySet<string>): boolean => nameWords.some((word) => words.has(word));
  const last = nameWords.at(-1) ?? '';
  if (type === 'other') return undefined;
  if (type === 'number') {
    if (has(AMOUNT_WORDS)) return 'amount';
    return kind.changes && has(THING_WORDS) ? 'target' : undefined;
  }
  if (has(ADDRESS_WORDS) || ADDRESS_FORMAT.test(format)) return 'destination';
  if (holderWords.some((word) => CONTENT_WORDS.has(word))) return 'content';
  const isManner = has(MANNER_WORDS) && !has(THING_WORDS);
  if (!kind.changes) return isManner ? undefined : kind.leaves ? 'content' : 'target';
  if (namesReceiver(nameWords)) return 'destination';
  if (has(AMOUNT_WORDS)) return 'amount';
  if (has(PLACE_WORDS)) return has(SOURCE_WORDS) ? 'target' : 'destination';
  if (CONTENT_WORDS.has(last)) return 'content';
  if (isManner) return undefined;
  if (speaksOfDestination(argument.description)) return 'destination';
  return has(CONTENT_WORDS) && !has(THING_WORDS) ? 'content' : 'target';
}

/** `channel_id` is where a message goes, `email_id` is a message. */
function namesReceiver(nameWords: readonly string[]): boolean {
  const isId = THING_WORDS.has(nameWords.at(-1) ?? '');
  return nameWords.some((word) => RECEIVER_WORDS.has(word) && !(isId && MESSAGE_WORDS.has(word)));
}

function speaksOfDestination(description: string): boolean {
  const text = description.toLowerCase();
  return DESTINATION_PHRASES.some((phrase) => text.includes(phrase));
}
