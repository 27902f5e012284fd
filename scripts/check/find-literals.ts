import { parseSource } from './parse-source.ts';
import { isSource, isTest, type Tree } from './tree.ts';

/** Every string literal of the packages' sources, tests and `except` left out: what the product really names. */
export function findLiterals(tree: Tree, except: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [path, text] of tree) {
    if (!/^packages\/[^/]+\/src\//.test(path) || !isSource(path) || isTest(path) || except.includes(path))
      continue;
    for (const node of parseSource(path, text).nodes) {
      if (node.type === 'Literal' && typeof node.value === 'string') found.add(node.value);
    }
  }
  return found;
}
