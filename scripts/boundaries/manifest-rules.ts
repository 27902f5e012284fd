import { type Report, reportItem, sumReports } from '../check/report.ts';
import type { Tree } from '../check/tree.ts';

const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/** Versions are exact, and the lock file names no host: an install works from any registry or mirror. */
export function checkManifests(tree: Tree): Report {
  const manifests = [...tree.keys()].filter((path) => /^(packages\/[^/]+\/)?package\.json$/.test(path));
  return sumReports([
    reportItem(manifests.flatMap((path) => findInexact(path, tree.get(path) ?? ''))),
    reportItem(findHosts(tree.get('package-lock.json') ?? '{}')),
  ]);
}

function findInexact(path: string, text: string): string[] {
  const manifest: Record<string, Record<string, string> | undefined> = JSON.parse(text);
  return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((group) =>
    Object.entries(manifest[group] ?? {})
      .filter(([, version]) => !exact.test(version))
      .map(([name, version]) => `${path}: ${name} is ${version}; name one exact version`),
  );
}

function findHosts(text: string): string[] {
  const lock: { packages?: Record<string, { resolved?: string }> } = JSON.parse(text);
  return Object.entries(lock.packages ?? {})
    .filter(([, entry]) => /:\/\/|^git/.test(entry.resolved ?? ''))
    .map(([name]) => `package-lock.json: ${name} names the host it came from`);
}
