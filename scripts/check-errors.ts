import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorEntry, errors } from '@countersign/api';
import { findLiterals } from './check/find-literals.ts';
import { findNameFlaw } from './check/noun-prefixes.ts';
import { checkPageSet } from './check/page-set.ts';
import { type Report, reportItem, sumReports } from './check/report.ts';
import { runCheck } from './check/run-check.ts';
import { readTree, repositoryRoot, type Tree } from './check/tree.ts';
import { errorSections, writeErrorIndex, writeErrorPage, writeFacts } from './errors/error-page.ts';

type Table = Readonly<Record<string, ErrorEntry>>;
const tablePath = 'packages/api/src/errors.ts';
const folder = 'docs/errors';

/** Holds that the codes of the table, the codes the product uses and the pages are the same set. */
export function checkErrors(tree: Tree, table: Table = errors): Report {
  const codes = Object.keys(table);
  const literals = findLiterals(tree, [tablePath]);
  const index = tree.get(`${folder}/README.md`) === writeErrorIndex(table);
  return sumReports([
    ...checkPageSet(tree, folder, codes, errorSections),
    reportItem(findStaleFacts(tree, table)),
    reportItem(
      codes.filter((code) => !literals.has(code)).map((code) => `${tablePath}: nothing uses ${code}`),
    ),
    reportItem(codes.flatMap((code) => findNameFlaw(code) ?? []).map((flaw) => `${tablePath}: ${flaw}`)),
    reportItem(findSharedNumbers(table)),
    reportItem(
      index ? [] : [`${folder}/README.md: is not up to date; run node scripts/check-errors.ts --write`],
    ),
  ]);
}

function findStaleFacts(tree: Tree, table: Table): string[] {
  return Object.entries(table).flatMap(([code, entry]) => {
    const page = tree.get(`${folder}/${code}.md`);
    const stale = page !== undefined && page.split('\n')[2] !== writeFacts(entry);
    return stale ? [`${folder}/${code}.md: line 3 differs from the table: ${writeFacts(entry)}`] : [];
  });
}

/** Our own JSON-RPC numbers mean one code each, so that a client can tell them apart. */
function findSharedNumbers(table: Table): string[] {
  const owner = new Map<number, string>();
  return Object.entries(table).flatMap(([code, { jsonRpc }]) => {
    const other = owner.get(jsonRpc);
    if (jsonRpc > -40_000) return [];
    owner.set(jsonRpc, code);
    return other === undefined ? [] : [`${tablePath}: ${code} and ${other} share ${jsonRpc}`];
  });
}

/** Writes missing pages, the facts line of the others and the index. */
function writePages(tree: Tree, table: Table): void {
  for (const [code, entry] of Object.entries(table)) {
    const path = `${folder}/${code}.md`;
    const lines = (tree.get(path) ?? writeErrorPage(code, entry)).split('\n');
    lines[2] = writeFacts(entry);
    writeFileSync(join(repositoryRoot, path), lines.join('\n'));
  }
  writeFileSync(join(repositoryRoot, folder, 'README.md'), writeErrorIndex(table));
}

if (import.meta.main && process.argv.includes('--write')) writePages(readTree(), errors);
await runCheck(import.meta, () => checkErrors(readTree()));
