import { stringify } from 'yaml';
import { testFile } from './test-file.ts';

/** A `*.test.yaml` as `runTests` reads it. Throws for what is none. */
export function writeTestFile(given: unknown): string {
  testFile.parse(given);
  return stringify(given, { aliasDuplicateObjects: false, lineWidth: 110 });
}
