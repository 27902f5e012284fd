import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCorpusCase } from './corpus-case.ts';
import { parseExactJson } from './exact-json.ts';
import { runCase } from './run-case.ts';

export interface CorpusReport {
  readonly passed: number;
  /** Empty `differences` would be a pass; a case that could not be run has one. */
  readonly failed: readonly { readonly path: string; readonly differences: readonly string[] }[];
}

/** Runs every case below the folder. Files of other forms (entities, policies) are left out. */
export async function runCorpus(folder: string): Promise<CorpusReport> {
  const paths = (await readdir(folder, { recursive: true })).filter(
    (path) => path.endsWith('.json') && !path.endsWith('entities.json'),
  );
  let passed = 0;
  const failed: { path: string; differences: readonly string[] }[] = [];
  for (const path of paths.sort()) {
    const differences = await runFile(folder, path);
    if (differences.length === 0) passed++;
    else failed.push({ path, differences });
  }
  return { passed, failed };
}

async function runFile(folder: string, path: string): Promise<readonly string[]> {
  try {
    const json = parseExactJson(await readFile(join(folder, path), 'utf8'));
    return isCorpusCase(json) ? await runCase(folder, json) : ['not a case of the corpus'];
  } catch (error) {
    return [String(error)];
  }
}
