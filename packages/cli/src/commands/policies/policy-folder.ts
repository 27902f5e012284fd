import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CliError } from '../../cli-error.ts';
import { readTextFile } from '../../parse-options.ts';
import { type PolicyFile, readPolicyFiles } from './bundle.ts';

/** Policies with what stands beside them: the tools they are about, and their tests. */
export interface PolicyFolder {
  readonly policies: readonly PolicyFile[];
  /** `*.tools.json`, or the same as YAML. */
  readonly tools: readonly PolicyFile[];
  /** `*.test.yaml`. */
  readonly tests: readonly PolicyFile[];
  /** `countersign.cedarschema`, which `countersign policies schema` writes. */
  readonly schema: PolicyFile | undefined;
  /** Where a file was read; its name for one that was not. */
  pathOf(name: string): string;
}

const generatedSchema = 'countersign.cedarschema';

export function readPolicyFolder(paths: readonly string[]): PolicyFolder {
  const listed = paths.flatMap(listFiles);
  const places = new Map<string, string>();
  for (const path of listed) {
    const name = basename(path);
    if (places.has(name)) throw new CliError(`${name} is there twice`);
    places.set(name, path);
  }
  const read = (pattern: RegExp): readonly PolicyFile[] =>
    [...places]
      .filter(([name]) => pattern.test(name))
      .map(([name, path]) => ({ name, text: readTextFile(path) }));
  const schema = places.get(generatedSchema);
  return {
    policies: readPolicyFiles(paths).filter(({ name }) => name !== generatedSchema),
    tools: read(/\.tools\.(?:json|ya?ml)$/),
    tests: read(/\.test\.ya?ml$/),
    schema: schema === undefined ? undefined : { name: generatedSchema, text: readTextFile(schema) },
    pathOf: (name) => places.get(name) ?? name,
  };
}

function listFiles(path: string): readonly string[] {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? readdirSync(path).map((name) => join(path, name)) : [path];
}
