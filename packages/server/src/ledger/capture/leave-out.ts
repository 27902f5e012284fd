import { replaceSecrets } from '@countersign/core';
import type { CaptureRules } from '../../config/capture.ts';

/** Hostile text in; the same without what the rules leave out. Each pattern is bounded, so that time is linear in the text. */
export function leaveOut(text: string, rules: CaptureRules): string {
  const shown = replaceAll(text, rules);
  // Written otherwise (full-width digits, escapes of JSON within JSON), it could not be cut out: then the whole goes.
  const plain = readEscapes(shown)
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '');
  return plain === shown || replaceAll(plain, rules) === plain ? shown : '[left out: a hidden value]';
}

function replaceAll(text: string, { cards, emails, ibans, secrets }: CaptureRules): string {
  let left = text;
  if (secrets === 'omit') {
    // A key in pieces, as source code has it: all that follows its beginning goes.
    left = left.replace(
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,100000}/g,
      '[left out: a private key]',
    );
    left = replaceSecrets(left, '[left out: a secret]');
  }
  if (ibans === 'omit') left = left.replace(/(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}/gi, cutAccount);
  if (cards === 'omit')
    left = left.replace(/(?<!\d)[2-6](?:[ -]?\d){13,18}(?!\d)/g, (digits) =>
      isCard(digits.replace(/\D/g, '')) ? '[left out: a card number]' : digits,
    );
  if (emails === 'omit')
    left = left.replace(
      /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
      '[left out: an e-mail address]',
    );
  return left;
}

/** Luhn's check digit, and the first digit of a network that has cards. */
export function isCard(digits: string): boolean {
  if (!/^[2-6]\d{13,18}$/.test(digits)) return false;
  let sum = 0;
  for (const [place, digit] of [...digits].toReversed().entries()) {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** Words may follow the number: the longest beginning whose check digits hold is the account. */
function cutAccount(found: string): string {
  for (let end = found.length; end >= 15; end -= 1) {
    const beginning = found.slice(0, end);
    if (isAccount(beginning.replaceAll(' ', ''))) return `[left out: a bank account]${found.slice(end)}`;
  }
  return found;
}

/** ISO 13616: the number with its head at its end, letters as numbers from 10, is 1 modulo 97. */
function isAccount(text: string): boolean {
  if (text.length < 15 || text.length > 34) return false;
  let rest = 0;
  for (const letter of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(letter, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

function readEscapes(text: string): string {
  return text.replace(/\\+u([0-9a-fA-F]{4})/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
