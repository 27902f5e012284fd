import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A copy of the repository's own files: path from the root, with `/`, to text. Binary files have the text ''. */
export type Tree = ReadonlyMap<string, string>;

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

const notOurs = new Set(['node_modules', 'dist', 'dist-types', '.git', '.cache', '.countersign', 'coverage']);
const binary = /\.(png|jpe?g|gif|ico|woff2?|wasm|gz|zip|db|pdf)$/;

export function readTree(root: string = repositoryRoot): Tree {
  const tree = new Map<string, string>();
  const readFolder = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (notOurs.has(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) readFolder(path);
      else if (entry.isFile())
        tree.set(path, binary.test(path) ? '' : readFileSync(join(root, path), 'utf8'));
    }
  };
  readFolder('');
  return tree;
}

export const isTest = (path: string): boolean =>
  path.startsWith('test/') || /\.(test|contract)\.tsx?$/.test(path);
/** What is made of other files is as long as they are. */
const made = 'packages/ledger/standalone/';
export const isSource = (path: string): boolean =>
  /\.(ts|tsx|mts|mjs|js)$/.test(path) && !path.startsWith(made);
