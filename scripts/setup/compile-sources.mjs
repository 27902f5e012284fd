import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findPinnedNode } from './ensure-node.mjs';

const cache = join('packages', 'cli', '.cache', 'compile');

/** Fills the compile cache that packages/cli/src/main.ts uses, so that already the first start is a quick one. */
export function compileSources(root) {
  const program = "await import('@countersign/server'); (await import('node:module')).flushCompileCache();";
  const flags = [
    '--conditions=countersign-source',
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
  ];
  // Made whatever happens, so that it is tried once: a failure only makes the next start slower.
  mkdirSync(join(root, cache), { recursive: true });
  spawnSync(findPinnedNode(root) ?? process.execPath, [...flags, '--eval', program], {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, cache) },
    stdio: 'ignore',
    timeout: 60_000,
  });
}

export const sourcesAreCompiled = (root) => existsSync(join(root, cache));
