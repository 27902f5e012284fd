import { type Report, reportItem, sumReports } from './check/report.ts';
import { runCheck } from './check/run-check.ts';
import { readTree, type Tree } from './check/tree.ts';
import { findDeadLinks, findUnreachable } from './docs/check-links.ts';
import { findDeadMentions } from './docs/check-mentions.ts';
import { type MarkdownPage, parseMarkdown } from './docs/parse-markdown.ts';

/** What a fenced block may be called; the two with `run` are executed by test/docs/. */
const fenceKinds = new Set([
  '',
  'sh',
  'sh run',
  'ts',
  'ts run',
  'json',
  'yaml',
  'cedar',
  'text',
  'http',
  'console',
  'mermaid',
  'diff',
]);

/** Holds that docs name only what exists and that every page can be found. One assertion a page. */
export function checkDocs(tree: Tree): Report {
  const pages = new Map<string, MarkdownPage>();
  for (const [path, text] of tree) if (path.endsWith('.md')) pages.set(path, parseMarkdown(path, text));
  return sumReports([
    ...[...pages.values()].map((page) =>
      reportItem([
        ...findDeadLinks(page, pages, tree),
        ...findDeadMentions(page, tree),
        ...findOddFences(page),
      ]),
    ),
    reportItem(findUnreachable(pages, tree)),
    reportItem([...pages.values()].flatMap((page) => findUnheldDecision(page, tree))),
  ]);
}

function findOddFences(page: MarkdownPage): string[] {
  return page.fences
    .filter(({ info }) => !fenceKinds.has(info))
    .map(({ info, line }) => `${page.path}:${line} has a block called "${info}", which no check knows`);
}

/** A decision without a test is an opinion: each ADR's last section names what fails when it is broken. */
function findUnheldDecision({ path }: MarkdownPage, tree: Tree): string[] {
  if (!/^docs\/adr\/\d{4}-/.test(path)) return [];
  const holders = /^## Held by\n\n([\s\S]*)$/m.exec(tree.get(path) ?? '')?.[1] ?? '';
  const tests = /`(test\/[^`]+|scripts\/check-[^`]+|[^`]+\.test\.ts)`/;
  return tests.test(holders) ? [] : [`${path}: its section "Held by" names no test`];
}

await runCheck(import.meta, () => checkDocs(readTree()));
