import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Report, reportItem, sumReports } from './check/report.ts';
import { runCheck } from './check/run-check.ts';
import { readTree, repositoryRoot, type Tree } from './check/tree.ts';

/** A promised behaviour, as test/requirements.ts lists it. */
export interface Requirement {
  readonly id: string;
  readonly promise: string;
  readonly kind: string;
  readonly proof: string;
}

const listPath = 'test/requirements.ts';

/** Holds that every promise has a test file that cites its id, and that no test under test/ proves nothing promised. */
export function checkRequirements(tree: Tree, requirements: readonly Requirement[]): Report {
  const proofs = new Set(requirements.map(({ proof }) => proof));
  const strays = [...tree.keys()].filter((path) => /^test\/.*\.test\.ts$/.test(path) && !proofs.has(path));
  const seen = new Set<string>();
  return sumReports([
    ...requirements.map((requirement) => {
      const failures = findFlaws(tree, requirement);
      if (seen.has(requirement.id)) failures.push(`${listPath}: ${requirement.id} stands there twice`);
      seen.add(requirement.id);
      return reportItem(failures);
    }),
    reportItem(strays.map((path) => `${path}: proves no requirement of ${listPath}`)),
    reportItem(requirements.length === 0 ? [`${listPath}: promises nothing`] : []),
  ]);
}

function findFlaws(tree: Tree, { id, promise, proof }: Requirement): string[] {
  const text = tree.get(proof);
  const flaws: string[] = [];
  if (!/^[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$/.test(id))
    flaws.push(`${listPath}: ${id} is not noun.what-is-promised`);
  if (promise.trim().length < 10) flaws.push(`${listPath}: ${id} does not say what it promises`);
  if (text === undefined) flaws.push(`${listPath}: ${id} names ${proof}, which does not exist`);
  // In quotes, so that a longer id does not count as a citation of a shorter one.
  else if (!new RegExp(`['"\`]${id.replaceAll('.', '\\.')}(?![\\w.-])`).test(text)) {
    flaws.push(`${proof}: does not cite ${id}`);
  }
  return flaws;
}

export async function readRequirements(root: string = repositoryRoot): Promise<readonly Requirement[]> {
  const path = join(root, listPath);
  if (!existsSync(path)) return [];
  const list: { requirements: readonly Requirement[] } = await import(pathToFileURL(path).href);
  return list.requirements;
}

await runCheck(import.meta, async () => checkRequirements(readTree(), await readRequirements()));
