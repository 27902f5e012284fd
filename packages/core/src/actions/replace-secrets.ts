import { SECRET_FORMS } from './secret-forms.ts';

// `task-`, `risk-` and `disk-` begin no key; what was escaped in JSON does.
const starts = (form: string) =>
  form.startsWith('sk-') ? `(?:(?<![A-Za-z0-9])|(?<=\\\\[nrt]))${form}` : form;
/** Each ends at the first character that its kind has not, so that none is looked at for longer than its beginning. */
const known = new RegExp(SECRET_FORMS.map(starts).join('|'), 'g');
const dotted = /(?<![\w-])[\w-]+(?:\.[\w-]+)+/g;
const privateKey =
  /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[A-Za-z0-9+/=\\\s]*(?:-----END [A-Z ]{0,32}PRIVATE KEY-----)?/g;
const shortestPart = 8;
const beginning = 'eyJ';

/**
 * A text with `mark` in the place of what has the form of a known kind of credential, wherever it stands in it. For what is
 * kept and not for what a person decides on: there, what is hidden could be what an agent wants hidden. Takes linear time.
 */
export function replaceSecrets(text: string, mark: string): string {
  return text
    .replace(privateKey, mark)
    .replace(known, mark)
    .replace(dotted, (word) => replaceTokens(word, mark));
}

/** Tokens of three parts in a word of any number of them. */
function replaceTokens(word: string, mark: string): string {
  const parts = word.split('.');
  const kept: string[] = [];
  for (let at = 0; at < parts.length; ) {
    const [first = '', second = '', third = ''] = parts.slice(at, at + 3);
    const start = first.indexOf(beginning);
    const isToken =
      start >= 0 &&
      first.length - start >= beginning.length + shortestPart &&
      isPayload(second) &&
      third.length >= shortestPart;
    kept.push(isToken ? `${first.slice(0, start)}${mark}` : first);
    at += isToken ? 3 : 1;
  }
  return kept.join('.');
}

function isPayload(part: string): boolean {
  return part.startsWith(beginning) && part.length >= beginning.length + shortestPart;
}
