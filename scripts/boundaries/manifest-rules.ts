import { type Report, reportItem, sumReports } from '../check/report.ts';
import type { Tree } from '../check/tree.ts';

const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/** Versions are exact, and the lock file names no host: an install works from any registry or mirror. */
export function checkManifests(tree: Tree): Report {
  const manifests = [...tree.keys()].filter((path) => /^(packages\/[^/]+\/)?package\.json$/.test(path));
  return sumReports([
    reportItem(manifests.flatMap((path) => findInexact(path, tree.get(path) ?? ''))),
    reportItem(findHosts(readLock(tree))),
    reportItem(findGaps(readLock(tree))),
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

interface LockEntry {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Lock = Readonly<Record<string, LockEntry>>;

function readLock(tree: Tree): Lock {
  const lock: { packages?: Lock } = JSON.parse(tree.get('package-lock.json') ?? '{}');
  return lock.packages ?? {};
}

function findHosts(lock: Lock): string[] {
  return Object.entries(lock)
    .filter(([, entry]) => /:\/\/|^git/.test(entry.resolved ?? ''))
    .map(([name]) => `package-lock.json: ${name} names the host it came from`);
}

/** npm leaves a platform's binary out of the lock when it was never published, and `npm ci` then refuses everywhere. */
function findGaps(lock: Lock): string[] {
  return Object.entries(lock).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter(
        (name) =>
          !Object.hasOwn(lock, `node_modules/${name}`) &&
          !Object.hasOwn(lock, `${path}/node_modules/${name}`),
      )
      .map((name) => `package-lock.json: ${path || 'the root'} may bring ${name}, which the lock file lacks`),
  );
}
