import type { ParsedSource } from '../check/parse-source.ts';
import type { Tree } from '../check/tree.ts';

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** One habit of the house about what may reach what. `find` looks at one source file at a time. */
export interface Rule {
  readonly name: string;
  find(source: ParsedSource, tree: Tree): Finding[];
}

/** A rule about import specifiers: `refuse` answers why this one is not allowed, or undefined. */
export function importRule(
  name: string,
  refuse: (specifier: string, path: string, tree: Tree) => string | undefined,
): Rule {
  return {
    name,
    find: (source, tree) =>
      source.imports.flatMap(({ specifier, line }) => {
        const message = refuse(specifier, source.path, tree);
        return message === undefined ? [] : [{ path: source.path, line, message }];
      }),
  };
}
