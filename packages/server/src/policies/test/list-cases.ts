import type { Mistake, TextFile } from './mistake.ts';
import { readYaml } from './read-yaml.ts';
import { plainCase, type TestCase, type TestFile, testFile } from './test-file.ts';

/** A case with the file it stands in, which says who its agent is. */
export interface PlacedCase {
  readonly file: string;
  readonly line: number;
  readonly within: TestFile;
  readonly given: TestCase;
}

export type ListedCases =
  | { readonly ok: true; readonly cases: readonly PlacedCase[] }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

const mostCases = 10_000;

/** The cases of a `*.test.yaml`, those of its matrices after the others. */
export function listCases(file: TextFile): ListedCases {
  const read = readYaml(file, testFile);
  if (!read.ok) return read;
  const { value: within, lineAt } = read;
  const cases: PlacedCase[] = within.cases.map((given, index) => {
    return { file: file.name, line: lineAt(['cases', index]), within, given };
  });
  for (const [index, matrix] of within.matrices.entries()) {
    for (const [agent, row] of Object.entries(matrix.decisions)) {
      for (const [tool, decision] of Object.entries(row)) {
        const { name, task, context } = matrix;
        const given = plainCase({
          name: `${name}: ${agent}, ${tool}`,
          ...{ agent, tool, context },
          ...(task === undefined ? {} : { task }),
          arguments: Object.hasOwn(matrix.arguments, tool) ? matrix.arguments[tool] : {},
          expect: { decision },
        });
        cases.push({
          file: file.name,
          line: lineAt(['matrices', index, 'decisions', agent, tool]),
          within,
          given,
        });
      }
    }
  }
  if (cases.length > mostCases)
    return { ok: false, mistakes: [{ file: file.name, line: 1, message: `more than ${mostCases} cases` }] };
  return { ok: true, cases };
}
