import { classifyFromAnnotations } from '../../actions/classify-from-annotations.ts';
import { isJsonObject } from '../../actions/json-value.ts';
import { splitWords } from '../../actions/name-words.ts';
import type { Sensitivity } from '../../tasks/labels.ts';
import type { ToolDefinition } from '../tool-definition.ts';
import type { FieldLabels, ResultLabels } from './result-labels.ts';
import {
  CONFIDENTIAL_DOMAINS,
  MAKING_WORDS,
  OWN_WORDS,
  PLAIN_WORDS,
  PREPOSITIONS,
  PROSE_FIELDS,
  PROSE_WORDS,
  RAW_WORDS,
  SECRET_WORDS,
  STAMP_FIELDS,
  STRANGER_WORDS,
  WEB_WORDS,
} from './result-words.ts';

const LONGEST_DESCRIPTION = 1_000;

/**
 * What may be believed of the results of a tool, from its name, description and annotations. What strangers write (pages,
 * messages, reviews, issues) is not; of a system of record, everything but the members that hold prose. A proposal: until a
 * person confirms it, nothing that it trusts is trusted.
 */
export function proposeResultLabels(tool: ToolDefinition): ResultLabels {
  const hints = isJsonObject(tool.annotations) ? tool.annotations : {};
  const words = listObjectWords(tool.name);
  const has = (table: ReadonlySet<string>): boolean => words.some((word) => table.has(word));
  const { effects, dataDomain } = classifyFromAnnotations(tool);
  const reads = effects.includes('read') || hints.readOnlyHint === true;
  const sensitivity = proposeSensitivity(tool, dataDomain);
  const common = { sensitivity, audience: 'anyone' } as const;
  if (has(WEB_WORDS) || (reads && hints.openWorldHint === true && !has(STRANGER_WORDS))) {
    return { ...common, trust: 'untrusted', fields: [] };
  }
  if (reads && has(STRANGER_WORDS) && !has(OWN_WORDS)) {
    return {
      ...common,
      trust: 'untrusted',
      fields: [...label(PROSE_FIELDS, 'untrusted'), ...label(STAMP_FIELDS, 'trusted')],
    };
  }
  if (reads && has(RAW_WORDS)) return { ...common, trust: 'untrusted', fields: [] };
  // What it makes anew holds only what the call brought, and is not believed for coming back.
  const isPlain = reads ? has(PLAIN_WORDS) && !has(PROSE_WORDS) : has(MAKING_WORDS);
  return { ...common, trust: 'trusted', fields: isPlain ? [] : label(PROSE_FIELDS, 'untrusted') };
}

/** The words of a name up to the first that says by what, for what or in what: `search_contacts_by_email` is about contacts. */
function listObjectWords(name: string): readonly string[] {
  const words = splitWords(name);
  const end = words.findIndex((word, index) => index > 1 && PREPOSITIONS.has(word));
  return end === -1 ? words : words.slice(0, end);
}

function proposeSensitivity(tool: ToolDefinition, dataDomain: string | null): Sensitivity {
  const description =
    typeof tool.description === 'string' ? tool.description.slice(0, LONGEST_DESCRIPTION) : '';
  const words = [...splitWords(tool.name), ...description.toLowerCase().split(/[^a-z]+/)];
  if (words.some((word) => SECRET_WORDS.has(word))) return 'secret';
  if (dataDomain !== null && CONFIDENTIAL_DOMAINS.has(dataDomain)) return 'confidential';
  return dataDomain === 'web' ? 'public' : 'internal';
}

function label(paths: readonly string[], trust: 'trusted' | 'untrusted'): readonly FieldLabels[] {
  return paths.map((path) => ({ path, trust }));
}
