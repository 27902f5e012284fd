import { findMisfit } from './check-value.ts';
import {
  type LedgerQuery,
  type ParsedQuery,
  QUERY_BOUNDS,
  QUERY_FIELDS,
  type QueryField,
  type QueryTerm,
} from './query.ts';
import { isDay, readMoment } from './read-moment.ts';
import { recogniseWord } from './recognise-word.ts';

/**
 * Reads what stands in a search box: terms side by side must all hold, `OR` stands between groups of them, `-` before a
 * term that must not hold. The text is hostile: its length and the number of terms are bounded.
 */
export function parseQuery(text: string): ParsedQuery {
  if (text.length > QUERY_BOUNDS.characters)
    return flaw(QUERY_BOUNDS.characters, `no more than ${QUERY_BOUNDS.characters} characters`);
  const groups: QueryTerm[][] = [[]];
  let terms = 0;
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const group = groups.at(-1) ?? [];
    if (isOperator(text, at)) {
      if (group.length === 0) return flaw(at, 'a term before OR');
      if (groups.length === QUERY_BOUNDS.groups)
        return flaw(at, `no more than ${QUERY_BOUNDS.groups} groups`);
      groups.push([]);
      at += 2;
      continue;
    }
    if (terms === QUERY_BOUNDS.terms) return flaw(at, `no more than ${QUERY_BOUNDS.terms} terms`);
    const read = readTerm(text, at);
    if ('flaw' in read) return read;
    group.push(read.term);
    terms += 1;
    at = read.end;
  }
  if (groups.length > 1 && groups.at(-1)?.length === 0) return flaw(text.length, 'a term after OR');
  return { query: { groups: groups.filter((group) => group.length > 0) } satisfies LedgerQuery };
}

type ReadTerm = { readonly term: QueryTerm; readonly end: number } | Extract<ParsedQuery, { flaw: unknown }>;

function readTerm(text: string, start: number): ReadTerm {
  const negated = text[start] === '-';
  const begin = negated ? start + 1 : start;
  if (text[begin] === '"') {
    const read = readQuoted(text, begin);
    return 'flaw' in read ? read : finish({ field: 'word', value: read.value, negated }, begin, read.end);
  }
  const end = findSpace(text, begin);
  const word = text.slice(begin, end);
  const misread = findMisreading(word);
  if (misread !== undefined) return flaw(begin, misread);
  const colon = word.indexOf(':');
  if (colon === -1 || (isDay(word.slice(0, 10)) && readMoment(word, 0) !== undefined))
    return finish({ field: recogniseWord(word), value: word, negated }, begin, end);
  const field = word.slice(0, colon);
  if (!isField(field))
    return flaw(
      begin,
      `one of ${QUERY_FIELDS.join(', ')} before the colon; text with a colon stands in quotes`,
    );
  return readValue(text, { field, negated, at: begin + colon + 1 });
}

function readValue(
  text: string,
  { field, negated, at }: { readonly field: QueryField; readonly negated: boolean; readonly at: number },
): ReadTerm {
  const [pointer] =
    field === 'arg' ? (/^(?:\/[^\s="]*)+(?==)/.exec(text.slice(at, findSpace(text, at))) ?? []) : [];
  const begin = pointer === undefined ? at : at + pointer.length + 1;
  const own = { field, negated, ...(pointer === undefined ? {} : { at: pointer }) };
  if (text[begin] === '"') {
    const read = readQuoted(text, begin);
    return 'flaw' in read ? read : finish({ ...own, value: read.value }, begin, read.end);
  }
  const end = findSpace(text, begin);
  return finish({ ...own, value: text.slice(begin, end) }, begin, end);
}

function finish(term: QueryTerm, begin: number, end: number): ReadTerm {
  const { field, value, negated } = term;
  if (value === '') return flaw(begin, field === 'word' ? 'a word' : `a value of ${field}`);
  if (negated && (field === 'from' || field === 'to' || field === 'on'))
    return flaw(begin, `${field} without -`);
  const misfit = findMisfit(field, value);
  return misfit === undefined ? { term, end } : flaw(begin, misfit);
}

/** Between quotes `\"` is a quote and `\\` a backslash. */
function readQuoted(
  text: string,
  start: number,
): { value: string; end: number } | Extract<ParsedQuery, { flaw: unknown }> {
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (letter === '"') {
      if (findSpace(text, at + 1) !== at + 1) return flaw(at + 1, 'a space after the quote');
      return { value, end: at + 1 };
    }
    if (letter === '\\') at += 1;
    value += text[at] ?? '';
  }
  return flaw(text.length, 'a quote at the end of what is quoted');
}

function findMisreading(word: string): string | undefined {
  if (word === '') return 'a term after -';
  if (word === 'AND') return 'the next term: terms that stand side by side must all hold';
  if (word === 'NOT') return '- directly before the term that must not hold';
  if (/^[()]/.test(word) || (/[()]$/.test(word) && !word.includes('"')))
    return 'no brackets: they stand in quotes, and OR binds less than a space';
  return undefined;
}

function isField(name: string): name is (typeof QUERY_FIELDS)[number] {
  return QUERY_FIELDS.some((field) => field === name);
}

function isOperator(text: string, at: number): boolean {
  return text.startsWith('OR', at) && findSpace(text, at) === at + 2;
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1;
  return at;
}

function findSpace(text: string, at: number): number {
  while (at < text.length && !/\s/.test(text[at] ?? '')) at += 1;
  return at;
}

function flaw(at: number, expected: string): Extract<ParsedQuery, { flaw: unknown }> {
  return { flaw: { at, expected } };
}
