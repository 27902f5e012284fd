import type { LedgerQuery, QueryTerm } from './query.ts';
import { recogniseWord } from './recognise-word.ts';

/** The one spelling of a query: parsed again it is the same query. */
export function printQuery({ groups }: LedgerQuery): string {
  return groups.map((group) => group.map(printTerm).join(' ')).join(' OR ');
}

function printTerm({ field, value, negated, at }: QueryTerm): string {
  const sign = negated ? '-' : '';
  if (field === 'word') return `${sign}${isPlainWord(value) ? value : quote(value)}`;
  const place = at === undefined ? '' : `${at}=`;
  const isClear = isPlain(value) && !(field === 'arg' && at === undefined && value.startsWith('/'));
  return `${sign}${field}:${place}${isClear ? value : quote(value)}`;
}

function isPlainWord(value: string): boolean {
  const isOperator = value === 'OR' || value === 'AND' || value === 'NOT';
  return (
    isPlain(value) &&
    !isOperator &&
    !value.startsWith('-') &&
    !value.includes(':') &&
    recogniseWord(value) === 'word'
  );
}

function isPlain(value: string): boolean {
  return !/[\s"\\()]/.test(value);
}

function quote(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}
