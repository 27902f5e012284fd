// Builds what an auditor is given: a verifier of bundles for Node.js alone.
// node scripts/build-verifier.ts --write writes it; without it, it says whether it is up to date.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InputOptions, rolldown } from 'rolldown';
import { type Report, reportItem } from './check/report.ts';
import { runCheck } from './check/run-check.ts';
import { readTree, repositoryRoot, type Tree } from './check/tree.ts';

export const verifierPath = 'packages/ledger/standalone/verify-bundle.mjs';

/** Holds that it is what its sources make. */
export async function checkVerifier(tree: Tree): Promise<Report> {
  const isCurrent = tree.get(verifierPath) === (await buildVerifier());
  return reportItem(
    isCurrent ? [] : [`${verifierPath}: is not up to date; run node scripts/build-verifier.ts --write`],
  );
}

async function buildVerifier(): Promise<string> {
  const code = await bundle({ input: 'scripts/verifier/verify-bundle-file.ts', platform: 'node' });
  const head =
    '// Made from packages/ledger/src by scripts/build-verifier.ts; nothing in it comes from elsewhere.';
  return format(`${head}\n${code}`);
}

/** It is there to be read. */
function format(code: string): string {
  const biome = join(repositoryRoot, 'node_modules/.bin/biome');
  const made = spawnSync(
    biome,
    ['format', '--javascript-formatter-expand=never', '--stdin-file-path=verify-bundle.mjs'],
    { input: code, encoding: 'utf8', cwd: repositoryRoot },
  );
  if (made.status !== 0) throw new Error(`it cannot be formatted: ${made.stderr}`);
  return made.stdout;
}

async function bundle(options: InputOptions): Promise<string> {
  const build = await rolldown({
    ...options,
    cwd: repositoryRoot,
    resolve: { conditionNames: ['countersign-source', 'import', 'default'] },
    treeshake: { moduleSideEffects: (id) => /verify-bundle-file\.ts$/.test(id) },
  });
  try {
    const { output } = await build.generate({ format: 'esm', comments: true });
    const [made, ...others] = output;
    if (made.type !== 'chunk' || others.length > 0) throw new Error('it became more than one file');
    return made.code;
  } finally {
    await build.close();
  }
}

if (import.meta.main && process.argv.includes('--write'))
  writeFileSync(join(repositoryRoot, verifierPath), await buildVerifier());
else await runCheck(import.meta, async () => checkVerifier(readTree()));
