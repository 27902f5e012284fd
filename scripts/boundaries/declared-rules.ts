import { isBuiltin } from 'node:module';
import { isTest, type Tree } from '../check/tree.ts';
import { dependencyOf, isRelative, packageOf, workspaceOf } from './resolve-path.ts';
import { importRule, type Rule } from './rule.ts';

interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const frameworks = 'test/hooks';

// npm hoists every package to the root, so an undeclared import works here and fails for whoever installs the package.
export const declaredRules: readonly Rule[] = [
  importRule('every imported package is declared where it is imported', (specifier, path, tree) => {
    if (isRelative(specifier) || specifier.startsWith('#') || isBuiltin(specifier)) return undefined;
    const name = dependencyOf(specifier);
    const owner = packageOf(path);
    const test = isTest(path);
    if ((test || owner === undefined) && workspaceOf(specifier) !== undefined) return undefined;
    const declaredBy = [manifestOf(owner, tree)];
    if (test || owner === undefined) declaredBy.push(manifestOf(undefined, tree));
    // What the tests as a whole need is declared by the package that is never published.
    if (/^(test|bench|examples)\//.test(path) || test) declaredBy.push(manifestOf('testkit', tree));
    // What is large and tried there alone is installed there alone.
    if (path.startsWith(`${frameworks}/`)) declaredBy.push(readManifest(`${frameworks}/package.json`, tree));
    if (declaredBy.some((manifest) => declares(manifest, name))) return undefined;
    return `imports ${name}, which ${owner ? `packages/${owner}/package.json` : 'package.json'} does not declare`;
  }),
];

function manifestOf(owner: string | undefined, tree: Tree): Manifest {
  return readManifest(owner === undefined ? 'package.json' : `packages/${owner}/package.json`, tree);
}

function readManifest(path: string, tree: Tree): Manifest {
  const text = tree.get(path);
  return text === undefined ? {} : JSON.parse(text);
}

function declares(manifest: Manifest, name: string): boolean {
  return (
    manifest.name === name ||
    [
      manifest.dependencies,
      manifest.devDependencies,
      manifest.optionalDependencies,
      manifest.peerDependencies,
    ].some((group) => group !== undefined && Object.hasOwn(group, name))
  );
}
