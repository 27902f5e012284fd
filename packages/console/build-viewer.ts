import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { openBrowserDoors } from './browser-doors.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Writes the page beside the console, once that is built. */
export function writeViewer() {
  return {
    name: 'bundle-viewer',
    async closeBundle() {
      writeFileSync(at('dist/bundle-viewer.html'), await buildViewer());
    },
  };
}

/** One page with all it needs in it; its policy lets it load and send nothing. */
export async function buildViewer(): Promise<string> {
  const script = await bundleScript();
  if (/<\/script|<!--/i.test(script)) throw new Error('the script would end before its end');
  const style = readFileSync(at('src/bundle/viewer.css'), 'utf8');
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

/** It stands in the page as it is written, to be read. */
async function bundleScript(): Promise<string> {
  const entry = at('src/bundle/standalone.ts');
  const build = await rolldown({
    input: entry,
    platform: 'browser',
    plugins: [openBrowserDoors()],
    resolve: { conditionNames: ['countersign-source', 'import', 'default'] },
    transform: { inject: { Buffer: [at('src/bundle/buffer.ts'), 'Buffer'] } },
    treeshake: { moduleSideEffects: (id) => id === entry },
  });
  try {
    const { output } = await build.generate({ format: 'esm', comments: true });
    const [made, ...others] = output;
    if (others.length > 0) throw new Error('it became more than one file');
    return made.code;
  } finally {
    await build.close();
  }
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
