import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { version } from '../version.ts';

export interface SarifResult {
  readonly ruleId: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  /** As it was named on the command line. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** A log of SARIF 2.1.0 with one run: what code hosts show beside the lines. */
export function writeSarif(ruleIds: readonly string[], results: readonly SarifResult[]): object {
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'countersign',
            semanticVersion: version,
            rules: ruleIds.map((id) => ({ id, help: { text: `See ${id} in docs/policy-findings.md.` } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: results.map(({ ruleId, level, message, path, line, column }) => ({
          ...{ ruleId, ruleIndex: ruleIds.indexOf(ruleId), level, message: { text: message } },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: writeUri(path) },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  };
}

/** Relative paths stay so: they are taken from where the command ran. */
function writeUri(path: string): string {
  if (isAbsolute(path)) return pathToFileURL(path).href;
  return path.split(sep).map(encodeURIComponent).join('/');
}
