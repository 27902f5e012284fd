import { isTest } from '../check/tree.ts';
import { dependencyOf, isRelative, resolvePath } from './resolve-path.ts';
import { importRule, type Rule } from './rule.ts';

const source = 'packages/server/src/';

/** DESIGN's nouns: each is a folder whose index.ts is its only door. */
export const nouns = [
  'people',
  'agents',
  'delegations',
  'tasks',
  'tokens',
  'upstreams',
  'secrets',
  'policies',
  'actions',
  'approvals',
  'ledger',
  'signals',
  'reviews',
  'organisations',
  'exposure',
] as const;

/** Below packages/server/src: `approvals/store.ts`. Undefined for other files and for tests, which may look inside. */
function serverPath(path: string): string | undefined {
  return path.startsWith(source) && !isTest(path) ? path.slice(source.length) : undefined;
}

function serverTarget(specifier: string, path: string): string | undefined {
  if (!isRelative(specifier)) return undefined;
  const target = resolvePath(path, specifier);
  return target.startsWith(source) ? target.slice(source.length) : undefined;
}

// Where HTTP is put together it may take a noun's routes, where configuration is read a noun's part of it.
function isOpenTo(from: string, file: string): boolean {
  if (file === 'index.ts') return true;
  if (file === 'routes.ts') return from === 'build.ts' || from.startsWith('http/');
  return file === 'config.ts' && (from === 'build.ts' || from.startsWith('config/'));
}

export const serverRules: readonly Rule[] = [
  importRule('a noun is reached through its index.ts', (specifier, path) => {
    const from = serverPath(path);
    const [noun = '', ...rest] = serverTarget(specifier, path)?.split('/') ?? [];
    if (from === undefined || !nouns.some((known) => known === noun) || from.startsWith(`${noun}/`)) {
      return undefined;
    }
    if (isOpenTo(from, rest.join('/'))) return undefined;
    return `imports ${specifier}: ${noun}/index.ts is its only door`;
  }),
  importRule('only build.ts and plugins/catalog.ts choose implementations', (specifier, path) => {
    const from = serverPath(path);
    const implementation = /^plugins\/[^/]+\/(?!(?:migrations|sealing|tables)\/)[^/]+\//.exec(
      serverTarget(specifier, path) ?? '',
    )?.[0];
    if (from === undefined || implementation === undefined) return undefined;
    if (from === 'build.ts' || from === 'plugins/catalog.ts' || from.startsWith(implementation)) {
      return undefined;
    }
    return `imports ${specifier}: take the plug-in's interface, build.ts chooses the implementation`;
  }),
  importRule('only routes.ts, http/ and gateway/ know HTTP', (specifier, path) => {
    const from = serverPath(path);
    const name = dependencyOf(specifier);
    if (from === undefined || (name !== 'hono' && !name.startsWith('@hono/'))) return undefined;
    if (/(^|\/)routes\.ts$/.test(from) || /^(http|gateway)\//.test(from)) return undefined;
    return `imports ${specifier}: only routes.ts files, http/ and gateway/ know it`;
  }),
  importRule('only plugins/database/<driver>/ imports node:sqlite', (specifier, path) => {
    if (specifier !== 'node:sqlite' && specifier !== 'sqlite') return undefined;
    if (isTest(path) || !path.startsWith('packages/')) return undefined;
    if (/^plugins\/database\/[^/]+\//.test(serverPath(path) ?? '')) return undefined;
    return `imports ${specifier}: only a database driver does`;
  }),
];
