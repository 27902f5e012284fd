import { commitPayload } from '@countersign/ledger';
import { expect, it } from 'vitest';
import type { DatabaseUnderTest, OpenTestStore } from './database.contract.ts';
import { makeTestRecord, type TestStore } from './test-store.ts';

/** What the tables hold of payloads, and what the start makes of those that an earlier release left readable. */
export function testSealing(subject: DatabaseUnderTest, open: OpenTestStore): void {
  it('seals what an earlier release had left readable, and goes on with it', async () => {
    const test = await open();
    const records = Array.from({ length: 150 }, (_, number) =>
      makeTestRecord(number, { body: { text: `it's number ${number}` } }),
    );
    await test.store.append(records);
    const before = await readOpenings(test);
    await test.store.close();
    // As before: the payloads stand there as they are, with their salts. One step had been made when the power went.
    for (const { seq, payload, salt } of before.slice(60)) {
      const bytes = subject.writeBytes(Buffer.from(salt).toString('hex'));
      const text = payload.replaceAll("'", "''");
      await test.changeBehindItsBack(
        `DELETE FROM ledger_payloads WHERE seq = ${seq}; INSERT INTO ledger_plain_payloads VALUES (${seq}, ${bytes}, '${text}')`,
      );
    }
    await test.changeBehindItsBack("INSERT INTO ledger_index (name, indexed) VALUES ('plain', 90)");
    await test.reopen();
    expect(await readOpenings(test)).toEqual(before);
    expect(await test.store.sql.selectFrom('ledger_plain_payloads').selectAll().execute()).toEqual([]);
    await test.store.append([makeTestRecord(1000)]);
    await test.reopen();
    expect(await readOpenings(test)).toHaveLength(151);
  });

  it('opens nothing that was destroyed, after a restart neither, and goes on writing', async () => {
    const test = await open();
    await test.store.append([0, 1, 2, 3].map((number) => makeTestRecord(number)));
    await test.store.destroyKeys([{ retentionClass: 'content', from: 1, to: 3 }], 1);
    await test.store.append([makeTestRecord(4)]);
    expect((await readOpenings(test)).map(({ seq }) => seq)).toEqual([0, 3, 4]);
    await test.reopen();
    expect((await readOpenings(test)).map(({ seq }) => seq)).toEqual([0, 3, 4]);
    expect(test.store.keyring.erasures).toBe(1);
    await test.store.scrub(['ledger_payloads']);
  });
}

/** What opens, each held against the commitment in its entry. */
async function readOpenings({ store }: TestStore) {
  const rows = await store.sql
    .selectFrom('ledger_entries as entries')
    .leftJoin('ledger_payloads as payloads', 'payloads.seq', 'entries.seq')
    .select(['entries.seq', 'entries.id', 'entries.kind', 'entries.entry', 'payloads.sealed'])
    .orderBy('entries.seq')
    .execute();
  return rows.flatMap(({ entry, ...row }) => {
    const read = store.keyring.keys.open({ stream: store.ledger.stream, ...row });
    if (read === 'erased') return [];
    if (read === 'damaged') throw new Error(`record ${row.seq} is damaged`);
    const { payload, salt } = read.opening;
    expect(JSON.parse(entry).commitment).toBe(commitPayload(salt, payload));
    return [{ seq: row.seq, payload, salt: Uint8Array.from(salt) }];
  });
}
