import { behaviour, type Requirement } from './requirement.ts';

const language = 'packages/core/src/ledger/query/parse-query.test.ts';
const matching = 'packages/core/src/ledger/query/matches-clue.test.ts';
const finding = 'packages/server/src/ledger/search/search.test.ts';
const routes = 'packages/server/src/ledger/routes.test.ts';

/** What docs/search.md promises. */
export const searchBehaviours: readonly Requirement[] = [
  behaviour(
    'search.one-box',
    language,
    'A bare word is recognised by its shape: an id, a digest, a trace, a kind, a time, a name or a value.',
  ),
  behaviour(
    'search.language',
    language,
    'Terms side by side must all hold, a minus denies one, OR parts groups, and quotes hold what has spaces or colons.',
  ),
  behaviour(
    'search.flaws',
    language,
    'A query that cannot be understood names the place and what was expected there, and no text makes the reader throw.',
  ),
  behaviour(
    'search.bounded',
    finding,
    'What one query may ask is bounded in characters and terms, and one that asks for more is refused.',
  ),
  behaviour(
    'search.exact',
    finding,
    'A query finds exactly the records that the rule says, newest first, page by page, whatever terms are mixed.',
  ),
  behaviour(
    'search.values',
    matching,
    'Whole values of arguments are found whatever their case, Unicode form or spaces, within bounds of number, depth and length.',
  ),
  behaviour(
    'search.values-at-scale',
    'packages/server/src/plugins/database/value-reader.test.ts',
    'A value is found in whichever of many blocks of the ledger it stands, each hidden under a key of its own.',
  ),
  behaviour(
    'search.older-values',
    'packages/server/src/ledger/search/index-older-values.test.ts',
    'Values that were recorded before they were indexed are indexed in the background, in whole steps that a crash does not spoil.',
  ),
  behaviour(
    'search.saved',
    'packages/server/src/ledger/queries/queries.test.ts',
    "Saved searches are one's own until they are shared, keep their one spelling, are bounded in number and removed by nobody else.",
  ),
  behaviour(
    'search.tail',
    'packages/server/src/ledger/ledger.test.ts',
    'The live tail tells of nothing but what its search finds, in the same language.',
  ),
  behaviour(
    'search.taken',
    routes,
    'All that a search finds is given as CSV or JSON lines, and that it was taken is on record.',
  ),
  behaviour(
    'search.csv',
    'packages/server/src/ledger/search/write-csv.test.ts',
    'A cell of the CSV that a spreadsheet would run as a formula is written so that it does not.',
  ),
];
