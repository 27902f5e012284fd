// Builds what an auditor is given: a verifier for Node.js alone, and a page that reads bundles without a server.
// node scripts/build-verifier.ts --write writes them; without it, it says whether they are up to date.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InputOptions, rolldown } from 'rolldown';
import { type Report, reportItem, sumReports } from './check/report.ts';
import { runCheck } from './check/run-check.ts';
import { readTree, repositoryRoot, type Tree } from './check/tree.ts';
import { openBrowserDoors } from './verifier/browser-doors.ts';

export const verifierPath = 'packages/ledger/standalone/verify-bundle.mjs';
export const viewerPath = 'packages/console/public/bundle-viewer.html';

/** Holds that both are what their sources make. */
export async function checkVerifier(tree: Tree): Promise<Report> {
  const made = await buildAll();
  return sumReports(
    made.map(({ path, text }) =>
      reportItem(
        tree.get(path) === text
          ? []
          : [`${path}: is not up to date; run node scripts/build-verifier.ts --write`],
      ),
    ),
  );
}

async function buildAll(): Promise<readonly { readonly path: string; readonly text: string }[]> {
  return [
    { path: verifierPath, text: await buildVerifier() },
    { path: viewerPath, text: await buildViewer() },
  ];
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

/** One page with all it needs in it; its policy lets it load and send nothing. */
async function buildViewer(): Promise<string> {
  const script = await bundle({
    input: 'packages/console/src/bundle/standalone.ts',
    platform: 'browser',
    plugins: [openBrowserDoors()],
    transform: {
      inject: { Buffer: [join(repositoryRoot, 'packages/console/src/bundle/buffer.ts'), 'Buffer'] },
    },
  });
  if (/<\/script|<!--/i.test(script)) throw new Error('the script would end before its end');
  const style = readFileSync(join(repositoryRoot, 'packages/console/src/bundle/viewer.css'), 'utf8');
  const policy = [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Read a bundle of evidence</title>
<style>${style}</style>
</head>
<body>
<script type="module">${script}</script>
</body>
</html>
`;
}

async function bundle(options: InputOptions): Promise<string> {
  const build = await rolldown({
    ...options,
    cwd: repositoryRoot,
    resolve: { conditionNames: ['countersign-source', 'import', 'default'] },
    treeshake: { moduleSideEffects: (id) => /standalone\.ts$|verify-bundle-file\.ts$/.test(id) },
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

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

if (import.meta.main && process.argv.includes('--write'))
  for (const { path, text } of await buildAll()) writeFileSync(join(repositoryRoot, path), text);
else await runCheck(import.meta, async () => checkVerifier(readTree()));
