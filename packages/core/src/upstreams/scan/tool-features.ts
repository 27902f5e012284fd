import { isJsonObject } from '../../actions/json-value.ts';
import { splitWords } from '../../actions/name-words.ts';
import type { ToolDefinition } from '../tool-definition.ts';
import { plainWords } from './plain-words.ts';

/** A tool at its upstream, as other tools are compared with it. */
export interface KnownTool {
  readonly upstream: string;
  readonly definition: ToolDefinition;
}

/** What of a tool is compared with other tools. */
export interface ToolFeatures {
  readonly tool: KnownTool;
  /** The words of its name. */
  readonly nameWords: readonly string[];
  /** What is left of its name without spelling and without words that any version of it could bear. */
  readonly core: string;
  /** What is left of its name without spelling alone. */
  readonly skeleton: string;
  /** The words of what it says it is for, and those of them that tell one tool from another. */
  readonly purpose: readonly string[];
  readonly content: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
}

const LONGEST_DESCRIPTION = 4_000;
const MOST_PURPOSE_WORDS = 60;
const DECORATION = new Set(
  'the a an tool tools new v v1 v2 v3 version enhanced advanced premium pro official safe secure improved fast better best ultimate super plus extended smart real true original legacy old latest my for'.split(
    ' ',
  ),
);
const EMPTY = new Set(
  'the a an of for to in on at by with from and or this that it is are be as given any all its their using use used via tool function method api returns return new specific user can will'.split(
    ' ',
  ),
);

export function readFeatures(tool: KnownTool): ToolFeatures {
  const { definition } = tool;
  const nameWords = splitWords(definition.name).filter((word) => word !== '');
  const kept = nameWords.filter((word) => !DECORATION.has(word)).map(singular);
  const description = typeof definition.description === 'string' ? definition.description : '';
  const purpose = plainWords(firstPart(description))
    .split(/[^\p{L}\p{N}_'-]+/u)
    .filter((word) => word !== '')
    .slice(0, MOST_PURPOSE_WORDS);
  const content = new Set(purpose.filter((word) => !EMPTY.has(word)).map(singular));
  const schema = definition.inputSchema;
  const properties = isJsonObject(schema) && isJsonObject(schema.properties) ? schema.properties : {};
  const parameters = new Set(Object.keys(properties).slice(0, 200));
  return {
    tool,
    nameWords,
    core: (kept.length === 0 ? nameWords : kept).join(''),
    skeleton: skeletonOf(definition.name),
    ...{ purpose, content, parameters },
  };
}

/** Before the arguments are described. */
function firstPart(description: string): string {
  return (
    description.slice(0, LONGEST_DESCRIPTION).split(/\b(?:Args|Arguments|Parameters|Returns)\s*:/, 1)[0] ?? ''
  );
}

function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/** Names that look alike in most typefaces have one skeleton. */
function skeletonOf(name: string): string {
  return name
    .slice(0, 256)
    .toLowerCase()
    .replace(/[_.\s-]/g, '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replace(/[1i|]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('5', 's')
    .replaceAll('3', 'e');
}
