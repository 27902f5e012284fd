import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeConfigSchema, loadConfig } from '@countersign/server';
import { type Report, reportItem, sumReports } from './check/report.ts';
import { runCheck } from './check/run-check.ts';
import { readTree, repositoryRoot, type Tree } from './check/tree.ts';

const schemaPath = 'docs/countersign.schema.json';
const examplePath = 'docs/countersign.example.yaml';
const referencePath = 'docs/operator.md';

/** Holds that the published schema is the one in force, that the example loads, and that the docs name every setting. */
export function checkConfig(tree: Tree): Report {
  const schema = describeConfigSchema();
  const isCurrent = tree.get(schemaPath) === writeSchema(schema);
  const reference = tree.get(referencePath) ?? '';
  return sumReports([
    reportItem(
      isCurrent ? [] : [`${schemaPath}: is not up to date; run node scripts/check-config.ts --write`],
    ),
    reportItem(findExampleFlaws(tree)),
    ...listSettings(schema).map((setting) =>
      reportItem(reference.includes(`\`${setting}\``) ? [] : [`${referencePath}: does not name ${setting}`]),
    ),
  ]);
}

function findExampleFlaws(tree: Tree): string[] {
  if (!(tree.get(examplePath) ?? '').includes('# yaml-language-server: $schema=./countersign.schema.json'))
    return [`${examplePath}: must name its schema`];
  try {
    loadConfig({ file: join(repositoryRoot, examplePath), environment: {} });
    return [];
  } catch (error) {
    return [`${examplePath}: ${error instanceof Error ? error.message : error}`];
  }
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
}

function listSettings(schema: unknown): string[] {
  const sections = Object.entries((schema as ObjectSchema).properties ?? {});
  return sections.flatMap(([section, { properties }]) =>
    properties === undefined ? [section] : Object.keys(properties).map((key) => `${section}.${key}`),
  );
}

const writeSchema = (schema: unknown): string => `${JSON.stringify(schema, null, 2)}\n`;

if (import.meta.main && process.argv.includes('--write')) {
  writeFileSync(join(repositoryRoot, schemaPath), writeSchema(describeConfigSchema()));
}
await runCheck(import.meta, () => checkConfig(readTree()));
