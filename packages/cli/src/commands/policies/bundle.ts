import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CliError } from '../../cli-error.ts';
import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { Column } from '../../output/printer.ts';
import { readTextFile } from '../../parse-options.ts';

export interface BundleFacts {
  readonly version: string;
  readonly digest: string;
  readonly isActive: boolean;
  readonly createdAt: number;
  readonly activatedAt: number | null;
  readonly activatedBy: string | null;
  readonly author: string | null;
  /** Since when the official engine decides it. */
  readonly quarantinedAt: number | null;
}

export interface Complaint {
  readonly severity: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

export const bundleFields: readonly Column<BundleFacts>[] = [
  ['VERSION', ({ version }) => version],
  ['ACTIVE', ({ isActive }) => (isActive ? 'yes' : 'no')],
  ['ACTIVATED', ({ activatedAt }) => (activatedAt === null ? null : formatTime(activatedAt))],
  ['BY', ({ activatedBy }) => activatedBy],
  ['AUTHOR', ({ author }) => author],
  ['DIGEST', ({ digest }) => digest.slice(0, 12)],
];

/** The files that are named, or the policies, schemas and entities that stand in a folder that is named. */
export function readPolicyFiles(paths: readonly string[]): readonly PolicyFile[] {
  const files = paths.flatMap(listFiles).map((path) => ({ name: basename(path), text: readTextFile(path) }));
  if (files.length === 0) throw new CliError('there is no .cedar file');
  return files;
}

/** As compilers write it, so that editors find the place. */
export function describeComplaint({ severity, file, line, column, message }: Complaint): string {
  return showHonestly(`${file}:${line}:${column}: ${severity}: ${message}`);
}

function listFiles(path: string): readonly string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return readdirSync(path)
    .filter((name) => /\.(?:cedar|cedarschema|entities\.json)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}
