import type { Tree } from '../check/tree.ts';
import { findCommand } from './find-command.ts';
import type { MarkdownPage, Span } from './parse-markdown.ts';

const rooted =
  /^(?:\.\/)?((?:packages|scripts|docs|test|bench|examples|deploy|\.ci)\/[\w./*<>@…-]*|[\w.-]+\.(?:md|json|ts|yaml))$/;
/** Files that are made where the product runs, not here. */
const ofTheReader = new Set(['countersign.yaml', 'secrets.json']);
const npmOwn = new Set(['install', 'ci', 'exec', 'pack', 'init', 'view', 'publish']);
const shells = new Set(['sh', 'bash', 'console', 'sh run']);

/** Paths, npm scripts and `countersign` commands that this page names and that do not exist. */
export function findDeadMentions(page: MarkdownPage, tree: Tree): string[] {
  const lines = page.fences.filter(({ info }) => shells.has(info)).flatMap(readShellLines);
  const dead: string[] = [];
  for (const { text, line } of [...page.codes, ...lines]) {
    const flaw = findDeadPath(text, tree) ?? findDeadScript(text, tree) ?? findDeadCommand(text, tree);
    if (flaw !== undefined) dead.push(`${page.path}:${line} names ${flaw}`);
  }
  return dead;
}

function readShellLines({ text, line }: { text: string; line: number }): Span[] {
  return text
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((row, index) => ({
      text: row
        .replace(/^\s*\$ /, '')
        .replace(/\s+#.*$/, '')
        .trim(),
      line: line + 1 + index,
    }));
}

function findDeadPath(text: string, tree: Tree): string | undefined {
  const path = rooted.exec(text)?.[1]?.replace(/\/$/, '');
  if (path === undefined || ofTheReader.has(path) || pathExists(path, tree)) return undefined;
  // A bare file name may be any file of that name; a path must be exactly there.
  if (!path.includes('/') && [...tree.keys()].some((known) => known.endsWith(`/${path}`))) return undefined;
  return `the path ${path}, which is not there`;
}

/** `<noun>`, `*` and `…` stand for any name within a segment. */
function pathExists(path: string, tree: Tree): boolean {
  const pattern = path
    .split(/<[^>]*>|\*+|…/)
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^/]+');
  const matches = new RegExp(`^${pattern}(/|$)`);
  return [...tree.keys()].some((known) => matches.test(known));
}

function findDeadScript(text: string, tree: Tree): string | undefined {
  const match = /^npm (?:run )?([a-z][\w:-]*)/.exec(text);
  const name = match?.[1];
  if (name === undefined || (npmOwn.has(name) && !text.startsWith('npm run '))) return undefined;
  const manifest: { scripts?: Record<string, string> } = JSON.parse(tree.get('package.json') ?? '{}');
  return Object.hasOwn(manifest.scripts ?? {}, name)
    ? undefined
    : `the npm script ${name}, which is not there`;
}

function findDeadCommand(text: string, tree: Tree): string | undefined {
  const match = /^(?:npx )?(?:npm run )?countersign(?: --)? +(.+)$/.exec(text);
  return match?.[1] === undefined ? undefined : findCommand(match[1], tree);
}
