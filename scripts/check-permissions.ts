import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changesAuthority, type Permission, permissions, roles } from '@countersign/api';
import { nouns } from './boundaries/server-rules.ts';
import { findLiterals } from './check/find-literals.ts';
import { type Report, reportItem, sumReports } from './check/report.ts';
import { runCheck } from './check/run-check.ts';
import { readTree, repositoryRoot, type Tree } from './check/tree.ts';

type Table = Readonly<Record<string, readonly string[]>>;
const tablePath = 'packages/api/src/permissions.ts';
const pagePath = 'docs/permissions.md';

/** Holds that every permission is named `nouns.verb`, is asked for somewhere, and stands in the docs with its roles. */
export function checkPermissions(tree: Tree, table: Table = permissions): Report {
  const literals = findLiterals(tree, [tablePath]);
  const page = tree.get(pagePath) ?? '';
  return sumReports(
    Object.entries(table).map(([permission, holders]) => {
      const failures: string[] = [];
      const noun = permission.split('.')[0];
      if (!nouns.some((known) => known === noun))
        failures.push(`${tablePath}: ${permission} starts with no noun`);
      if (!literals.has(permission)) failures.push(`${tablePath}: nothing asks for ${permission}`);
      if (!page.includes(writePermissionRow(permission, holders))) {
        failures.push(`${pagePath}: needs the line ${writePermissionRow(permission, holders)}`);
      }
      return reportItem(failures);
    }),
  );
}

export function writePermissionRow(permission: string, holders: readonly string[]): string {
  return `| \`${permission}\` | ${roles.map((role) => (holders.includes(role) ? 'yes' : '')).join(' | ')} |`;
}

function writePage(table: Table): string {
  return [
    '# Permissions',
    '',
    'One table, `packages/api/src/permissions.ts`: a verb names its permission, and a role that is not listed does not have',
    "it. A person may hold several roles. The process owner's token administers but never approves.",
    '',
    `| permission | ${roles.join(' | ')} |`,
    `|---|${roles.map(() => '---|').join('')}`,
    ...Object.entries(table).map(([permission, holders]) => writePermissionRow(permission, holders)),
    '',
    'What changes authority is refused with [`person.passkey_needed`](errors/person.passkey_needed.md) to a person whom no',
    'passkey verified in the session within `people.freshSeconds`. These change none:',
    `${(Object.keys(table) as Permission[])
      .filter((permission) => !changesAuthority(permission))
      .map((permission) => `\`${permission}\``)
      .join(', ')}.`,
    '',
  ].join('\n');
}

if (import.meta.main && process.argv.includes('--write')) {
  writeFileSync(join(repositoryRoot, pagePath), writePage(permissions));
}
await runCheck(import.meta, () => checkPermissions(readTree()));
