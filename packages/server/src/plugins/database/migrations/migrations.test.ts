import { describe, expect, it } from 'vitest';
import { findBreakingStatements } from './find-breaking-statements.ts';
import { type Migration, migrations } from './index.ts';

/** The last migration of the first release of which more than one gateway could have a database. */
const firstShared = '0068-gateways';

const flawsOf = (...statements: readonly string[]) => findBreakingStatements({ name: 'x', statements });

describe('server.upgrade-additive', () => {
  it('lets the release before go on beside every migration that does not say why it cannot', () => {
    const start = migrations.findIndex(({ name }) => name === firstShared);
    expect(start).toBeGreaterThan(0);
    const later = migrations.slice(start + 1).filter(({ waits }) => waits === undefined);
    expect(later.flatMap((migration) => findBreakingStatements(migration).map(tell(migration)))).toEqual([]);
    for (const { waits } of migrations) expect(waits ?? 'a reason that people can read').toMatch(/\w+ \w+/);
  });

  it('has every migration once, in the order of its number', () => {
    const names = migrations.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
  });

  it.each([
    [
      'a table with its indexes and rows',
      'CREATE TABLE x (id TEXT PRIMARY KEY)',
      'CREATE UNIQUE INDEX x_id ON x (id)',
      "INSERT INTO x VALUES ('1')",
    ],
    ['a column that may be empty', 'ALTER TABLE tasks ADD COLUMN x TEXT'],
    ['a column that refers to another table', 'ALTER TABLE tasks ADD COLUMN x TEXT REFERENCES agents(id)'],
    [
      'a column with a constant',
      "ALTER TABLE tasks ADD COLUMN x TEXT NOT NULL DEFAULT ''",
      'ALTER TABLE tasks ADD COLUMN y {integer} NOT NULL DEFAULT 0',
    ],
    ['an index on a small table', 'CREATE INDEX x ON upstreams (name)'],
  ])('takes %s for harmless', (_what, ...statements) => {
    expect(flawsOf(...statements)).toEqual([]);
  });

  it.each([
    ['DROP TABLE tasks'],
    ['DROP INDEX tasks_live'],
    ['ALTER TABLE tasks RENAME TO works'],
    ['ALTER TABLE tasks RENAME COLUMN a TO b'],
    ['ALTER TABLE tasks DROP COLUMN a'],
    ['ALTER TABLE tasks ALTER COLUMN a TYPE {integer}'],
    ['ALTER TABLE tasks ADD CONSTRAINT one UNIQUE (a)'],
    ['ALTER TABLE tasks ADD COLUMN a TEXT NOT NULL'],
    ['ALTER TABLE tasks ADD COLUMN a TEXT UNIQUE'],
    ['ALTER TABLE tasks ADD COLUMN a {integer} CHECK (a > 0)'],
    ['ALTER TABLE tasks ADD COLUMN a TEXT NOT NULL DEFAULT gen_random_uuid()'],
    ['ALTER TABLE tasks ADD COLUMN a {integer} DEFAULT (1 + 1)'],
    ['CREATE INDEX a ON ledger_entries (seq)'],
    ['CREATE UNIQUE INDEX a ON upstreams (name)'],
    ["UPDATE tools SET reversibility = 'reversible'"],
    ['DELETE FROM tools'],
    ["INSERT INTO ledger_index VALUES ('x', 1)"],
    ['CREATE TRIGGER a BEFORE INSERT ON tasks EXECUTE FUNCTION f()'],
    ['LOCK TABLE tasks'],
    ['CREATE TABLE x (id TEXT); DROP TABLE tasks'],
    ['SELECT 1'],
  ])('finds what is wrong with %s', (statement) => {
    expect(flawsOf(statement)).toHaveLength(1);
  });

  it('would have found what earlier releases did while they were alone', () => {
    const found = migrations.filter((migration) => findBreakingStatements(migration).length > 0);
    expect(found.map(({ name }) => name)).toContain('0037-sealed-payloads');
  });
});

const tell = (migration: Migration) => (flaw: string) => `${migration.name} ${flaw}`;
