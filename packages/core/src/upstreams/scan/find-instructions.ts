import { splitWords } from '../../actions/name-words.ts';
import type { ToolFinding } from './finding.ts';
import { INSTRUCTION_SIGNS } from './instruction-signs.ts';
import type { DefinitionText } from './list-texts.ts';
import { plainWords } from './plain-words.ts';
import { PREFERENCE_SIGNS } from './preference-signs.ts';
import { SESSION_PARAMETER, SESSION_SIGNS } from './session-signs.ts';
import type { Sign } from './sign.ts';

const SIGNS: readonly Sign[] = [...INSTRUCTION_SIGNS, ...PREFERENCE_SIGNS, ...SESSION_SIGNS];

const HOLDING_WEIGHT = 3;
const TELLING_WEIGHT = 2;
const LONGEST_QUOTE = 80;

interface Seen {
  readonly path: string;
  readonly quote: string;
}

/**
 * Text that speaks to the model instead of describing the tool: by signs that are each harmless, or nearly so, and are
 * added up over the whole definition. No meaning is judged: what says the same in unforeseen words is not found.
 */
export function findInstructions(texts: readonly DefinitionText[]): readonly ToolFinding[] {
  const seen = new Map<Sign, Seen>();
  for (const { path, text } of texts) {
    const plain = plainWords(text);
    for (const sign of SIGNS) {
      if (seen.has(sign)) continue;
      const found = sign.pattern.exec(sign.isRaw === true ? text : plain);
      if (found !== null) seen.set(sign, { path, quote: found[0].trim().slice(0, LONGEST_QUOTE) });
    }
  }
  return [...weigh(seen), ...findSessionParameters(texts)];
}

function weigh(seen: ReadonlyMap<Sign, Seen>): readonly ToolFinding[] {
  const findings: ToolFinding[] = [];
  for (const kind of ['instruction', 'preference', 'session_asked'] as const) {
    const found = [...seen].filter(([sign]) => sign.kind === kind);
    const weight = found.reduce((sum, [sign]) => sum + sign.weight, 0);
    // Two of the weakest signs stand in many an honest description.
    if (weight < HOLDING_WEIGHT && !found.some(([sign]) => sign.weight >= TELLING_WEIGHT)) continue;
    const grade = weight >= HOLDING_WEIGHT ? 'quarantine' : 'warn';
    for (const [{ says }, { path, quote }] of found)
      findings.push({ kind, grade, path, because: `it ${says}: "${quote}"` });
  }
  return findings;
}

function findSessionParameters(texts: readonly DefinitionText[]): readonly ToolFinding[] {
  return texts.flatMap(({ path, text, isName }) =>
    isName && /\/properties\/[^/]+$/.test(path) && SESSION_PARAMETER.test(splitWords(text).join('_'))
      ? [
          {
            kind: 'session_asked',
            grade: 'quarantine',
            path,
            because: 'a parameter asks for what is between the agent and its model',
          } as const,
        ]
      : [],
  );
}
