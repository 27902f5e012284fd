import { SECRET_FORMS } from './secret-forms.ts';

/** Longer than any credential is: a bound on what a match may remember, since a regular expression's memory is a stack. */
const longestMatch = 65_536;
// `task-`, `risk-` and `disk-` begin no key; what was escaped in JSON does.
const starts = (form: string) =>
  form.startsWith('sk-') ? `(?:(?<![A-Za-z0-9])|(?<=\\\\[nrt]))${form}` : form;
const bounded = (form: string) => form.replace(/\{(\d+),\}$/, `{$1,${longestMatch}}`);
/** Each ends at the first character that its kind has not, so that none is looked at for longer than its beginning. */
const known = new RegExp(SECRET_FORMS.map((form) => starts(bounded(form))).join('|'), 'g');
const privateKey =
  /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[A-Za-z0-9+/=\\\s]*(?:-----END [A-Z ]{0,32}PRIVATE KEY-----)?/g;
const shortestPart = 8;
const beginning = 'eyJ';

/**
 * A text with `mark` in the place of what has the form of a known kind of credential, wherever it stands in it. For what is
 * kept and not for what a person decides on: there, what is hidden could be what an agent wants hidden. Takes linear time.
 */
export function replaceSecrets(text: string, mark: string): string {
  return replaceTokens(text.replace(privateKey, mark).replace(known, mark), mark);
}

/** Signed tokens, which are three parts with dots between them. */
function replaceTokens(text: string, mark: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf(beginning); at >= 0; ) {
    const end = findTokenEnd(text, at);
    if (end !== undefined) {
      kept.push(text.slice(from, at), mark);
      from = end;
    }
    // Where a part is no beginning of a token, what is left of it is none either.
    at = text.indexOf(beginning, end ?? findPartEnd(text, at));
  }
  return kept.join('') + text.slice(from);
}

function findTokenEnd(text: string, at: number): number | undefined {
  const head = findPartEnd(text, at);
  if (head - at < beginning.length + shortestPart || text[head] !== '.') return undefined;
  if (!text.startsWith(beginning, head + 1)) return undefined;
  const payload = findPartEnd(text, head + 1);
  if (payload - head - 1 < beginning.length + shortestPart || text[payload] !== '.') return undefined;
  const end = findPartEnd(text, payload + 1);
  return end - payload - 1 < shortestPart ? undefined : end;
}

/** Of base64url. */
function findPartEnd(text: string, at: number): number {
  const other = /[^\w-]/g;
  other.lastIndex = at;
  return other.exec(text)?.index ?? text.length;
}
