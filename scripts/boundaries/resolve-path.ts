import { posix } from 'node:path';

export const isRelative = (specifier: string): boolean => /^\.\.?(\/|$)/.test(specifier);

/** The path from the root that a relative import names. */
export const resolvePath = (from: string, specifier: string): string =>
  posix.join(posix.dirname(from), specifier);

/** `core` for packages/core/src/x.ts, undefined outside the packages. */
export const packageOf = (path: string): string | undefined => /^packages\/([^/]+)\//.exec(path)?.[1];

/** The workspace folder an import by name means: `@countersign/core` and `@countersign/core/x` give `core`. */
export function workspaceOf(specifier: string): string | undefined {
  if (specifier === 'countersign' || specifier.startsWith('countersign/')) return 'cli';
  return /^@countersign\/([^/]+)/.exec(specifier)?.[1];
}

/** `hono` for `hono/cors`, `@hono/node-server` for `@hono/node-server/x`. */
export const dependencyOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
