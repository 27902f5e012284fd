import type { Migration } from './index.ts';

/** Tables that stay small, so that an index on one of them is made in no time. */
const small = new Set([
  'agents',
  'ledger_streams',
  'organisations',
  'people',
  'policy_bundles',
  'tools',
  'upstreams',
]);

const createTable = /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)\s*\(/i;
const createIndex = /^CREATE (UNIQUE )?INDEX (?:IF NOT EXISTS )?\w+ ON (\w+)/i;
const addColumn = /^ALTER TABLE (\w+) ADD COLUMN \w+ (?:TEXT|\{integer\}|\{bytes\}|REAL)(?=\s|$)(.*)$/is;
const changeRows = /^(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)/i;
const constant = /\bDEFAULT (?:'[^']*'|-?\d+|NULL)(?=\s|$)/i;

/**
 * What in a migration a gateway of the release before would stumble over, or would have to wait for, while it runs beside
 * one of this release: everything that is not known to be harmless. Tables made by the migration itself are nobody else's.
 */
export function findBreakingStatements({ statements }: Migration): string[] {
  const own = new Set<string>();
  return statements.flatMap((text) => {
    const statement = text.trim();
    const flaw = findFlaw(statement, own);
    return flaw === undefined ? [] : [`${flaw}: ${statement.split('\n', 1)[0]}`];
  });
}

function findFlaw(statement: string, own: Set<string>): string | undefined {
  if (statement.includes(';')) return 'is more than one statement';
  const [, made] = createTable.exec(statement) ?? [];
  if (made !== undefined) {
    own.add(made);
    return undefined;
  }
  const [isIndex, unique, indexed = ''] = createIndex.exec(statement) ?? [];
  if (isIndex !== undefined) {
    if (own.has(indexed)) return undefined;
    if (unique !== undefined) return 'refuses rows that the release before writes';
    return small.has(indexed) ? undefined : 'keeps whoever writes the table waiting while it is made';
  }
  const [isColumn, altered = '', rest = ''] = addColumn.exec(statement) ?? [];
  if (isColumn !== undefined) return own.has(altered) ? undefined : findColumnFlaw(rest);
  const [, changed] = changeRows.exec(statement) ?? [];
  if (changed !== undefined)
    return own.has(changed) ? undefined : 'changes rows that the release before still writes its own way';
  return 'is not known to be harmless';
}

function findColumnFlaw(rest: string): string | undefined {
  if (/\b(UNIQUE|PRIMARY|CHECK|GENERATED)\b/i.test(rest))
    return 'refuses rows that the release before writes';
  const hasDefault = /\bDEFAULT\b/i.test(rest);
  if (/\bNOT NULL\b/i.test(rest) && !hasDefault) return 'refuses rows that the release before writes';
  return hasDefault && !constant.test(rest) ? 'rewrites the whole table' : undefined;
}
