import { listAtoms } from './atoms/list-atoms.ts';
import { readMailbox } from './atoms/read-address.ts';
import { listDecoded } from './decodings/list-decoded.ts';
import { foldHidden, foldLoosely, foldText } from './text/fold-text.ts';
import { scanTokens } from './text/scan-tokens.ts';
import { Tokens } from './text/tokens.ts';

/** The values in a text, in the forms they are compared by. */
export interface ValueForms {
  /** Addresses, hosts, URLs, accounts and paths. */
  readonly names: readonly string[];
  /** Numbers, dates and times. */
  readonly measures: readonly string[];
  /** What goes with a name without being it, such as the host of an URL. */
  readonly leads: readonly string[];
  /** The text is one value and nothing else. */
  readonly isOne: boolean;
}

const NO_FORMS: ValueForms = { names: [], measures: [], leads: [], isOne: false };
const MEASURES: ReadonlySet<string> = new Set(['number', 'date', 'time']);
/** Without any of these a text holds words alone. */
const TELLING = /[\p{N}@.:/\\%]/u;
const tokens = new Tokens();

/** Of a hostile text, in one pass. */
export function listForms(text: string): ValueForms {
  if (!TELLING.test(text)) return NO_FORMS;
  const folded = foldText(text);
  scanTokens(folded, tokens);
  const atoms = listAtoms(folded, tokens);
  const names: string[] = [];
  const measures: string[] = [];
  const leads: string[] = [];
  for (const { kind, forms, gives, first } of atoms) {
    (MEASURES.has(kind) ? measures : names).push(...forms);
    leads.push(...gives);
    if (kind === 'address') names.push(`mailbox:${readMailbox(tokens.read(folded, first))}`);
  }
  const [only, ...others] = atoms;
  const isOne =
    only !== undefined && others.length === 0 && only.first === 0 && only.last === tokens.count - 1;
  return { names, measures, leads, isOne };
}

/** All that a text may be read as, itself first: without what is hidden in it, without look-alikes, decoded. */
export function listReadings(text: string): readonly string[] {
  return [text, foldHidden(text) ?? [], foldLoosely(text) ?? [], ...listDecoded(text)].flat();
}
