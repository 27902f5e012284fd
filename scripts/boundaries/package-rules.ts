import { isTest } from '../check/tree.ts';
import { isRelative, packageOf, resolvePath, workspaceOf } from './resolve-path.ts';
import { importRule, type Rule } from './rule.ts';

/** Which packages each package may import by name. Tests may import any, for they prove them together. */
const reach: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ledger: [],
  api: ['core'],
  server: ['api', 'core', 'ledger'],
  sdk: ['api', 'core'],
  cli: ['api', 'core', 'ledger', 'sdk', 'server'],
  console: ['api', 'core', 'ledger'],
  testkit: ['api', 'core', 'ledger', 'sdk', 'server', 'cli'],
};

const pure = new Set(['core', 'ledger']);
/** The ledger's doors to hashing, signatures and compression; an auditor reads them first. */
const doors: ReadonlyMap<string, string> = new Map([
  ['packages/ledger/src/sha256.ts', 'node:crypto'],
  ['packages/ledger/src/verify-signature.ts', 'node:crypto'],
  ['packages/ledger/src/receipt/public-key.ts', 'node:crypto'],
  ['packages/ledger/src/receipt/inflate-list.ts', 'node:zlib'],
]);
/** A bench takes the server apart, where production code has no switch to do so. */
const measuresParts = /^bench\//;
const mayImportServer = /^packages\/cli\/src\/commands\/(up|demo)(\/|\.)/;
/** What writes and tries policies runs without a server, and decides as one would. */
const authoring = '@countersign/server/authoring';
const mayImportAuthoring = /^packages\/cli\/src\/commands\/policies\//;

export const packageRules: readonly Rule[] = [
  importRule('core and ledger import nothing', (specifier, path) => {
    if (!pure.has(packageOf(path) ?? '') || isTest(path) || isRelative(specifier)) return undefined;
    if (doors.get(path) === specifier) return undefined;
    return `imports ${specifier}: this package is pure`;
  }),
  importRule('packages reach only the packages below them', (specifier, path) => {
    const from = packageOf(path);
    const to = workspaceOf(specifier);
    if (from === undefined || to === undefined || from === to || isTest(path)) return undefined;
    if (!reach[from]?.includes(to)) return `imports ${specifier}: ${from} must not depend on ${to}`;
    if (specifier === authoring && mayImportAuthoring.test(path)) return undefined;
    if (to === 'server' && from === 'cli' && !mayImportServer.test(path)) {
      return `imports ${specifier}: of the commands only up and demo start the server`;
    }
    return undefined;
  }),
  importRule('packages are imported by name', (specifier, path) => {
    if (!isRelative(specifier)) return undefined;
    const to = packageOf(resolvePath(path, specifier));
    if (to === undefined || to === packageOf(path) || measuresParts.test(path)) return undefined;
    return `imports ${specifier}: reach another package by its name`;
  }),
  importRule('relative imports name an existing file with its ending', (specifier, path, tree) => {
    if (!isRelative(specifier)) return undefined;
    // What is built is not in the tree; what it is built from is.
    const target = resolvePath(path, specifier).replace(
      /^(packages\/[^/]+)\/dist\/(.+)\.js$/,
      '$1/src/$2.ts',
    );
    return tree.has(target) ? undefined : `imports ${specifier}: there is no ${target}`;
  }),
];
