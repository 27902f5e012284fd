import { splitWords } from './name-words.ts';
import { SECRET_FORMS, TOKEN_FORM } from './secret-forms.ts';

export interface MaskedSecret {
  readonly length: number;
  /** The last four characters, to know it by; empty when that would be too much of it. */
  readonly ending: string;
}

const LONGEST = 8_192;
const SHORTEST = 6;
const ENOUGH_TO_SHOW_AN_END = 16;
const PRINTABLE = /^[\x21-\x7e]+$/;
const PRIVATE_KEY =
  /^-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[A-Za-z0-9+/=\r\n]*-----END [A-Z ]{0,32}PRIVATE KEY-----\s*$/;
/** Where something is, or who somebody is, is never hidden, whatever it is called. */
const PLACE = /@|:\/\//;
const LAST_WORDS = new Set([
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'apikey',
  'authorization',
  'jwt',
  'token',
]);
/** They point into lists and open nothing. */
const HARMLESS = new Set(['page', 'next', 'cursor', 'continuation', 'sync', 'csrf', 'previous']);
const KNOWN_FORMS: readonly RegExp[] = [...SECRET_FORMS, TOKEN_FORM].map((form) => new RegExp(`^${form}$`));

/**
 * Whether a text is a secret that a screen must not show: by the name of the argument that holds it, or by its form. Only
 * one printable ASCII word, or a private key, is: prose, addresses and anything with hidden characters stay visible, so that
 * no agent can hide what it wants behind a mask. Takes linear time.
 */
export function maskSecret(name: string, text: string): MaskedSecret | undefined {
  if (text.length < SHORTEST || text.length > LONGEST) return undefined;
  const isKey = PRIVATE_KEY.test(text);
  if (!isKey && (!PRINTABLE.test(text) || PLACE.test(text))) return undefined;
  if (!isKey && !isSecretName(name) && !KNOWN_FORMS.some((form) => form.test(text))) return undefined;
  const showsEnd = !isKey && text.length >= ENOUGH_TO_SHOW_AN_END;
  return { length: text.length, ending: showsEnd ? text.slice(-4) : '' };
}

function isSecretName(name: string): boolean {
  const words = splitWords(name.slice(0, 128)).filter((word) => word !== '');
  const [last = '', before = ''] = words.toReversed();
  if (last === 'key')
    return before === 'api' || before === 'private' || before === 'secret' || before === 'access';
  return LAST_WORDS.has(last) && !HARMLESS.has(before);
}
