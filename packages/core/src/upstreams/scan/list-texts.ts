import { isJsonObject, type JsonValue } from '../../actions/json-value.ts';

/** A text that an agent may read. A name is what programs compare: a property, an enumerated value, a title. */
export interface DefinitionText {
  readonly path: string;
  readonly text: string;
  readonly isName: boolean;
}

export interface DefinitionTexts {
  readonly texts: readonly DefinitionText[];
  /** False when the definition is larger than what is looked at. */
  readonly isWhole: boolean;
}

const MOST_CHARACTERS = 262_144;
const MOST_TEXTS = 5_000;
const DEEPEST = 64;

/** Every text of a hostile definition, names of members too, up to fixed bounds. */
export function listTexts(definition: JsonValue): DefinitionTexts {
  const texts: DefinitionText[] = [];
  let left = MOST_CHARACTERS;
  let isWhole = true;
  const add = (path: string, text: string, isName: boolean): void => {
    if (text === '') return;
    if (left <= 0 || texts.length >= MOST_TEXTS) {
      isWhole = false;
      return;
    }
    if (text.length > left) isWhole = false;
    texts.push({ path, text: text.slice(0, left), isName });
    left -= text.length;
  };
  const visit = (path: string, value: JsonValue, member: string, depth: number): void => {
    if (depth > DEEPEST || !isWhole) {
      isWhole = false;
      return;
    }
    if (typeof value === 'string') add(path, value, NAMES.has(member));
    else if (Array.isArray(value)) {
      for (const [at, item] of value.entries()) visit(`${path}/${at}`, item, member, depth + 1);
    } else if (isJsonObject(value)) {
      for (const [name, inner] of Object.entries(value)) {
        const token = name.slice(0, 256).replaceAll('~', '~0').replaceAll('/', '~1');
        add(`${path}/${token}`, name, true);
        visit(`${path}/${token}`, inner, name, depth + 1);
      }
    }
  };
  visit('', definition, '', 0);
  return { texts, isWhole };
}

const NAMES: ReadonlySet<string> = new Set(['name', 'title', 'enum', 'const', 'required']);
