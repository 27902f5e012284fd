export interface Fence {
  /** The info string: `sh`, `ts run`. */
  readonly info: string;
  readonly text: string;
  readonly line: number;
}

export interface Span {
  readonly text: string;
  readonly line: number;
}

export interface MarkdownPage {
  readonly path: string;
  readonly links: readonly Span[];
  readonly codes: readonly Span[];
  readonly fences: readonly Fence[];
  readonly anchors: ReadonlySet<string>;
}

/** Reads what the checks need from a page: link targets, inline code, fenced blocks and heading anchors. */
export function parseMarkdown(path: string, text: string): MarkdownPage {
  const links: Span[] = [];
  const codes: Span[] = [];
  const fences: Fence[] = [];
  const anchors = new Set<string>();
  let open: { fence: string; info: string; lines: string[]; line: number } | undefined;
  for (const [index, row] of text.split('\n').entries()) {
    const line = index + 1;
    const fence = /^\s*(`{3,}|~{3,})(.*)$/.exec(row);
    if (open) {
      if (fence?.[1]?.startsWith(open.fence) && fence[2]?.trim() === '') {
        fences.push({ info: open.info, text: open.lines.join('\n'), line: open.line });
        open = undefined;
      } else open.lines.push(row);
    } else if (fence) {
      open = { fence: fence[1] ?? '', info: fence[2]?.trim() ?? '', lines: [], line };
    } else {
      const heading = /^#{1,6} +(.*)$/.exec(row)?.[1];
      if (heading !== undefined) anchors.add(toAnchor(heading));
      for (const match of row.matchAll(/`([^`]+)`/g)) codes.push({ text: match[1] ?? '', line });
      const prose = row.replaceAll(/`[^`]*`/g, '``');
      for (const match of prose.matchAll(/\]\(([^)\s]+)[^)]*\)/g)) links.push({ text: match[1] ?? '', line });
    }
  }
  return { path, links, codes, fences, anchors };
}

/** GitHub's rule: lower case, punctuation dropped, spaces to hyphens. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}
