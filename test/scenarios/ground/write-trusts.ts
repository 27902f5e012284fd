import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A configuration file that trusts these platforms; JSON is YAML too. */
export function writeTrusts(workloads: readonly object[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'countersign-trusts-')), 'countersign.yaml');
  writeFileSync(path, JSON.stringify({ workloads }));
  return path;
}
