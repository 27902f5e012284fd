export type { Clue, ResolvedGroup, ResolvedTerm } from './clue.ts';
export { foldValue, VALUE_BOUNDS, visitValues } from './list-values.ts';
export { matchesClue, matchesGroup, matchesTerm, type SearchedRecord } from './matches-clue.ts';
export { parseQuery } from './parse-query.ts';
export { printQuery } from './print-query.ts';
export {
  type LedgerQuery,
  type ParsedQuery,
  QUERY_BOUNDS,
  QUERY_FIELDS,
  type QueryField,
  type QueryFlaw,
  type QueryTerm,
} from './query.ts';
export { readMoment, readSpan } from './read-moment.ts';
