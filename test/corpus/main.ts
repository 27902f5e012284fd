import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runCorpus } from './run-corpus.ts';

const SHOWN_FAILURES = 20;
const SHOWN_DIFFERENCES = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const [folder, more] = positionals;
if (folder === undefined || more !== undefined) {
  console.error('usage: npm run corpus -- <folder> [--json]');
  process.exit(2);
}
const found = await stat(folder).catch(() => undefined);
if (found?.isDirectory() !== true) {
  console.error(`there is no folder ${folder}`);
  process.exit(2);
}
const { passed, failed } = await runCorpus(folder);
if (passed + failed.length === 0) {
  console.error(`${folder} holds no case`);
  process.exit(2);
}
if (values.json) console.log(JSON.stringify({ passed, failed }));
else {
  for (const { path, differences } of failed.slice(0, SHOWN_FAILURES)) {
    console.log(path);
    for (const difference of differences.slice(0, SHOWN_DIFFERENCES)) console.log(`  ${difference}`);
  }
  if (failed.length > SHOWN_FAILURES) console.log(`and ${failed.length - SHOWN_FAILURES} more`);
  console.log(`${passed} passed, ${failed.length} failed`);
}
process.exitCode = failed.length > 0 ? 1 : 0;
