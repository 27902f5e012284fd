import { recordKinds } from '@countersign/api';
import { findLiterals } from './check/find-literals.ts';
import { findNameFlaw } from './check/noun-prefixes.ts';
import { checkPageSet } from './check/page-set.ts';
import { type Report, reportItem, sumReports } from './check/report.ts';
import { runCheck } from './check/run-check.ts';
import { readTree, type Tree } from './check/tree.ts';

const listPath = 'packages/api/src/records.ts';
const folder = 'docs/events';
const sections = ['When it is written', 'What it says', 'What it follows from'];

/** Holds that the kinds of ledger records, the kinds the product writes and their pages are the same set. */
export function checkEvents(tree: Tree, kinds: readonly string[] = recordKinds): Report {
  const literals = findLiterals(tree, [listPath]);
  const index = tree.get(`${folder}/README.md`) ?? '';
  return sumReports([
    ...checkPageSet(tree, folder, kinds, sections),
    reportItem(
      kinds.filter((kind) => !literals.has(kind)).map((kind) => `${listPath}: nothing writes ${kind}`),
    ),
    reportItem(kinds.flatMap((kind) => findNameFlaw(kind) ?? []).map((flaw) => `${listPath}: ${flaw}`)),
    reportItem(
      kinds
        .filter((kind) => !index.includes(`](${kind}.md)`))
        .map((kind) => `${folder}/README.md: misses ${kind}`),
    ),
  ]);
}

await runCheck(import.meta, () => checkEvents(readTree()));
