const LEAST_DIGITS = 4;
const LEAST = 7;
const MOST = 40;

/**
 * An account, card or telephone number or a reference, without the blanks, dashes and brackets that people put between
 * its groups. Undefined for what is too short, or has too few digits, to name one thing.
 */
export function readAccount(text: string): string | undefined {
  if (text.length > MOST + 16) return undefined;
  let digits = 0;
  let bare = '';
  for (const sign of text) {
    if (sign >= '0' && sign <= '9') digits++;
    else if (sign === ' ' || sign === '-' || sign === '(' || sign === ')') continue;
    else if (sign < 'a' || sign > 'z') return undefined;
    bare += sign;
  }
  return digits >= LEAST_DIGITS && bare.length >= LEAST && bare.length <= MOST ? bare : undefined;
}
