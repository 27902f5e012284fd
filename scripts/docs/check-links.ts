import { posix } from 'node:path';
import type { Tree } from '../check/tree.ts';
import type { MarkdownPage } from './parse-markdown.ts';

type Pages = ReadonlyMap<string, MarkdownPage>;

/** Links of this page that lead nowhere. Links to other sites are not followed. */
export function findDeadLinks(page: MarkdownPage, pages: Pages, tree: Tree): string[] {
  return page.links.flatMap(({ text, line }) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return [];
    const [file = '', anchor] = text.split('#');
    const target = resolveLink(page.path, file);
    if (!tree.has(target) && !isFolder(target, tree))
      return [`${page.path}:${line} links to ${text}, which is not there`];
    const anchors = pages.get(target)?.anchors;
    if (anchor === undefined || anchors === undefined || anchors.has(anchor)) return [];
    return [`${page.path}:${line} links to ${text}, but ${target} has no such heading`];
  });
}

/** Pages that no reader gets to from README.md by links. */
export function findUnreachable(pages: Pages, tree: Tree): string[] {
  const reached = new Set<string>();
  const waiting = ['README.md'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const page = pages.get(path);
    if (reached.has(path) || page === undefined) continue;
    reached.add(path);
    for (const { text } of page.links) {
      const target = resolveLink(path, text.split('#')[0] ?? '');
      waiting.push(target, isFolder(target, tree) ? posix.join(target, 'README.md') : target);
    }
  }
  return [...pages.keys()]
    .filter((path) => !reached.has(path))
    .map((path) => `${path}: no link leads here from README.md`);
}

function resolveLink(from: string, link: string): string {
  if (link === '') return from;
  const path = link.startsWith('/') ? link.slice(1) : posix.join(posix.dirname(from), link);
  return path.replace(/\/$/, '');
}

function isFolder(path: string, tree: Tree): boolean {
  if (path === '' || path === '.') return true;
  for (const known of tree.keys()) if (known.startsWith(`${path}/`)) return true;
  return false;
}
