import { listAtoms } from './atoms/list-atoms.ts';
import { foldText } from './text/fold-text.ts';
import { scanTokens } from './text/scan-tokens.ts';
import { Tokens } from './text/tokens.ts';

const LONGEST = 4096;
const tokens = new Tokens();

/**
 * The form in which two values are the same: `$1,200.00` and `1200`, `May 19, 2024` and `2024-05-19`, an IBAN with and
 * without blanks. Words stay words, with one blank between them. Longer than 4,096 units: only case is folded.
 */
export function normaliseValue(text: string): string {
  const folded = foldText(text);
  if (folded.length > LONGEST) return folded;
  scanTokens(folded, tokens);
  const [only, ...others] = listAtoms(folded, tokens);
  if (only !== undefined && others.length === 0 && only.first === 0 && only.last === tokens.count - 1) {
    return only.forms[0] ?? folded;
  }
  return folded.replace(/\s+/gu, ' ').trim();
}
