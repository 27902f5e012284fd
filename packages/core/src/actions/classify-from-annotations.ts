import type { ToolDefinition } from '../upstreams/tool-definition.ts';
import { EFFECTS, type Effect, UNKNOWN_EFFECTS } from './effects.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';
import { listWords, splitWords } from './name-words.ts';
import { proposeDataDomain } from './propose-data-domain.ts';
import { proposeReversibility } from './propose-reversibility.ts';
import type { Reversibility } from './reversibility.ts';

/** Only a proposal: the upstream wrote what it rests on, so a person confirms it. */
export interface ProposedClassification {
  readonly proposal: true;
  readonly effects: readonly Effect[];
  readonly reversibility: Reversibility;
  /** Null when nothing hints at one. */
  readonly dataDomain: string | null;
  /** Why, for the person who confirms. */
  readonly because: readonly string[];
}

const NAME_WORDS: Readonly<Record<Effect, ReadonlySet<string>>> = {
  read: listWords(
    'get list read search find show describe query count view lookup stat info check select tree',
  ),
  write: listWords(
    `create update delete remove write set put patch edit modify move rename insert append add drop truncate merge
     commit close cancel archive approve execute exec run eval apply replace reset upsert copy save destroy purge`,
  ),
  spend: listWords(
    `pay payment payments refund refunds transfer charge invoice purchase buy order checkout subscribe payout
     withdraw deposit donate bid book trade`,
  ),
  admin: listWords(
    `grant revoke permission permissions role roles admin invite key keys secret secrets token password policy
     policies deploy config configure configuration install uninstall sudo shutdown restart member members`,
  ),
  egress: listWords(
    `send email mail publish share upload webhook fetch http url browse notify message tweet post sms call
     download request navigate open push forward export`,
  ),
};

const SCHEMA_WORDS: Partial<Readonly<Record<Effect, ReadonlySet<string>>>> = {
  spend: listWords('amount currency price iban payee cents'),
  admin: listWords('role roles permission permissions password secret scopes'),
  egress: listWords('url uri webhook recipient recipients email endpoint callback to cc bcc'),
};

const MOST_PROPERTIES = 500;
const DEEPEST_SCHEMA = 8;

/**
 * Proposes a tool's effects, whether they can be taken back and which data it touches, from its MCP annotations, the
 * words of its name and the properties of its input schema. Words only ever add effects; a hint that says "read only"
 * is believed only when no word contradicts it.
 */
export function classifyFromAnnotations(tool: ToolDefinition): ProposedClassification {
  const because: string[] = [];
  const nameWords = splitWords(tool.name);
  const schemaWords = listPropertyNames(tool.inputSchema ?? null).flatMap(splitWords);
  const hints = isJsonObject(tool.annotations) ? tool.annotations : {};
  const effects = proposeEffects(nameWords, schemaWords, hints, because);
  const reversibility = proposeReversibility(effects, nameWords, hints, because);
  const dataDomain = proposeDataDomain(nameWords, schemaWords, because);
  return { proposal: true, effects, reversibility, dataDomain, because };
}

function proposeEffects(
  nameWords: readonly string[],
  schemaWords: readonly string[],
  hints: JsonObject,
  because: string[],
): readonly Effect[] {
  const effects = new Set<Effect>();
  for (const effect of EFFECTS) {
    addFound(effect, nameWords, NAME_WORDS[effect], 'name', effects, because);
    addFound(effect, schemaWords, SCHEMA_WORDS[effect], 'input schema', effects, because);
  }
  const mayReadOnly = !effects.has('write') && !effects.has('spend') && !effects.has('admin');
  if (hints.readOnlyHint === false || hints.destructiveHint === true) {
    effects.add('write');
    because.push('its annotations say that it changes things');
  } else if (hints.readOnlyHint === true && mayReadOnly) {
    effects.add('read');
    because.push('its annotations say that it only reads');
  } else if (hints.readOnlyHint === true) {
    because.push('its annotations say that it only reads, which its words contradict');
  }
  if (hints.openWorldHint === true) {
    effects.add('egress');
    because.push('its annotations say that it reaches the outside world');
  }
  if (effects.size === 0) {
    because.push('nothing is known of it: the worst is assumed');
    return UNKNOWN_EFFECTS;
  }
  settleBase(effects);
  return EFFECTS.filter((effect) => effects.has(effect));
}

/** Every tool either changes things or only reads; what spends, administers or has no reading word changes things. */
function settleBase(effects: Set<Effect>): void {
  if (effects.has('spend') || effects.has('admin') || !effects.has('read')) effects.add('write');
  if (effects.has('write')) effects.delete('read');
}

function addFound(
  effect: Effect,
  words: readonly string[],
  table: ReadonlySet<string> | undefined,
  where: string,
  effects: Set<Effect>,
  because: string[],
): void {
  const found = words.find((word) => table?.has(word));
  if (found === undefined) return;
  effects.add(effect);
  because.push(`the word "${found}" in its ${where} suggests ${effect}`);
}

/** The names of all properties of a JSON schema, as far down as a tool can sensibly have any. */
function listPropertyNames(schema: JsonValue): string[] {
  const names: string[] = [];
  const visit = (value: JsonValue, depth: number): void => {
    if (depth > DEEPEST_SCHEMA || names.length >= MOST_PROPERTIES) return;
    if (Array.isArray(value)) {
      for (const item of value) visit(item, depth + 1);
    } else if (isJsonObject(value)) {
      const properties = value.properties;
      if (isJsonObject(properties)) names.push(...Object.keys(properties).slice(0, MOST_PROPERTIES));
      for (const member of Object.values(value)) visit(member, depth + 1);
    }
  };
  visit(schema, 0);
  return names;
}
