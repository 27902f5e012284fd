import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { makeTestPerson, readPeople, readSeqs, testDatabase } from '../database.contract.ts';
import { makeTestRecord } from '../test-store.ts';
import { openSqliteTestStore, type SqliteTestStore } from './open-sqlite-test-store.ts';

testDatabase({
  name: 'sqlite',
  open: openSqliteTestStore,
  writeBytes: (hex) => `x'${hex}'`,
  slowRead:
    'SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000000) SELECT i FROM n)',
  inUse: 'server.data_folder_in_use',
  newer: 'server.data_folder_newer',
});

describe('a file on a disk', { timeout: 30_000 }, () => {
  let test: SqliteTestStore;
  afterEach(async () => {
    await test.remove();
  });

  it('refuses appends whole when it is full and loses nothing', async () => {
    test = await openSqliteTestStore({ maximumBytes: 5_000_000 });
    const body = { text: 'x'.repeat(20_000) };
    let appended = 0;
    let refusal: unknown;
    while (refusal === undefined && appended < 100) {
      await test.store
        .append([makeTestRecord(appended * 2, { body }), makeTestRecord(appended * 2 + 1, { body })])
        .then(
          () => {
            appended += 1;
          },
          (error: unknown) => {
            refusal = error;
          },
        );
    }
    expect(refusal).toMatchObject({ code: 'ledger.unavailable' });
    expect(appended).toBeGreaterThan(2);
    const many = await Promise.allSettled(
      [998, 999].map((number) => test.store.append([makeTestRecord(number, { body })])),
    );
    expect(many.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const change = test.store.transaction(async (tx) => {
      await tx.sql
        .insertInto('people')
        .values({ ...makeTestPerson('per_a'), display_name: 'x'.repeat(50_000) })
        .execute();
      await tx.sql.insertInto('people').values(makeTestPerson('per_b')).execute();
    });
    await expect(change).rejects.toMatchObject({ code: 'ledger.unavailable' });
    expect(await readPeople(test)).toEqual([]);
    expect(await readSeqs(test)).toHaveLength(appended * 2);
    await test.reopen({ maximumBytes: 10_000_000 });
    await test.store.append([makeTestRecord(500, { body })]);
    expect((await test.store.checkpoint()).size).toBe(appended * 2 + 1);
  });

  it('leaves everything in the database file when it closes', async () => {
    test = await openSqliteTestStore();
    await test.store.append([makeTestRecord(0)]);
    await readSeqs(test);
    await test.store.close();
    expect(readdirSync(test.folder).filter((name) => name.endsWith('-wal'))).toEqual([]);
    await test.reopen();
    expect(await readSeqs(test)).toEqual([0]);
  });
});
