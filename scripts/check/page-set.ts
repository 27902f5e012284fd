import { type Report, reportItem } from './report.ts';
import type { Tree } from './tree.ts';

/** Holds that a folder of pages has exactly one page for each name, each with these sections and some text in each. */
export function checkPageSet(
  tree: Tree,
  folder: string,
  names: readonly string[],
  sections: readonly string[],
): Report[] {
  const known = new Set(names.map((name) => `${folder}/${name}.md`));
  const strays = [...tree.keys()].filter(
    (path) => path.startsWith(`${folder}/`) && path !== `${folder}/README.md` && !known.has(path),
  );
  return [
    ...names.map((name) => reportItem(findPageFlaws(tree, `${folder}/${name}.md`, name, sections))),
    reportItem(strays.map((path) => `${path}: nothing has this name any more`)),
  ];
}

function findPageFlaws(tree: Tree, path: string, name: string, sections: readonly string[]): string[] {
  const text = tree.get(path);
  if (text === undefined) return [`${path}: is missing`];
  const flaws = text.startsWith(`# \`${name}\`\n`) ? [] : [`${path}: must start with "# \`${name}\`"`];
  for (const section of sections) {
    const body = new RegExp(`^## ${section}\\n+([^#\\s].*)`, 'm').exec(text)?.[1];
    if (body === undefined) flaws.push(`${path}: needs a section "## ${section}" with text`);
  }
  return flaws;
}
