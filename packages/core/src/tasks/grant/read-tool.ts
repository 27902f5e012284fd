import { listWords, splitWords } from '../../actions/name-words.ts';
import type { ToolDefinition } from '../../upstreams/tool-definition.ts';
import { familiesOfNoun } from './words/noun-families.ts';
import { familiesOfTool, LOOKING_FAMILY } from './words/verb-families.ts';
import { listBaseForms, toSingular } from './words/word-forms.ts';

const JOINING = listWords('to from in of by through for the with and all on at via as or a an into');

/** What a tool does, and to what, as its name tells. */
export interface ReadTool {
  readonly verbFamilies: ReadonlySet<number>;
  readonly verbs: ReadonlySet<string>;
  readonly nounFamilies: ReadonlySet<number>;
  readonly nouns: ReadonlySet<string>;
  /** It only shows something. */
  readonly isLooking: boolean;
}

/** Reads a tool by the words of its name; by its description only where no word of the name is a verb. Hostile input. */
export function readTool(definition: ToolDefinition): ReadTool {
  const words = splitWords(definition.name).filter((word) => word.length > 1);
  const named = words.filter((word) => familiesOfTool(word).length > 0);
  // The email of `delete_email` is a thing.
  const plain = named.filter((word) => familiesOfNoun(word).length === 0);
  const chosen = plain.length > 0 ? plain : named.slice(0, 1);
  const verbs = chosen.length > 0 ? chosen : describeVerb(definition);
  const first = verbs[0] ?? '';
  const undone = /^un(.{3,})$/.exec(first)?.[1];
  const things = words.filter((word) => word !== first && !JOINING.has(word));
  const nouns = [...things, ...(undone === undefined ? [] : [undone])].map(toSingular);
  // What is only named by its thing makes one.
  const verbFamilies = new Set([...verbs, ...(named.length > 0 ? [] : ['create'])].flatMap(familiesOfTool));
  const isLooking = familiesOfTool(first).includes(LOOKING_FAMILY);
  return {
    verbFamilies,
    verbs: new Set(verbs),
    nounFamilies: new Set(nouns.flatMap(familiesOfNoun)),
    nouns: new Set(nouns),
    isLooking,
  };
}

function describeVerb(definition: ToolDefinition): readonly string[] {
  const description = typeof definition.description === 'string' ? definition.description : '';
  const [first = ''] = splitWords(description).filter((word) => word !== '');
  const forms = [...listBaseForms(first, false), toSingular(first)];
  return forms.filter((form) => familiesOfTool(form).length > 0).slice(0, 1);
}
