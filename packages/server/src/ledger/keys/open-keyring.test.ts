import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMasterKey } from '../../platform/master-key.ts';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { findRecord } from '../find-record.ts';
import { openKeyring } from './open-keyring.ts';

const masterKey = createMasterKey(new Uint8Array(32).fill(9));
const platform = createPlatform();
let test: TestStore;
let file: string;

const options = () => ({
  openKeyring: (sql: Parameters<typeof openKeyring>[0], ledger: { origin: string; vkey: string }) =>
    openKeyring(sql, { folder: test.folder, masterKey, ledger, platform }),
});
const reopen = () => test.reopen(options());
const code = (name: string) => expect.objectContaining({ code: name });

beforeEach(async () => {
  test = await openTestStore();
  file = join(test.folder, 'evidence.keys');
  await reopen();
  await test.store.append([0, 1, 2].map((number) => makeTestRecord(number)));
}, 30_000);
afterEach(() => test.remove());

async function readBack(): Promise<unknown[]> {
  const found = await Promise.all([0, 1, 2].map((n) => findRecord(test.store, makeTestRecord(n).id)));
  return found.map((record) => (record?.erased ? 'erased' : record?.body?.number));
}

describe('the file of the evidence keys', () => {
  it('is made once, for its owner alone, and opens the ledger again', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await reopen();
    expect(await readBack()).toEqual([0, 1, 2]);
  });

  it('keeps what was destroyed destroyed, and survives a leftover of an interrupted write', async () => {
    await test.store.destroyKeys([{ retentionClass: 'content', from: 1, to: 2 }], 1);
    writeFileSync(`${file}.next`, 'half a fi');
    await reopen();
    expect(await readBack()).toEqual([0, 'erased', 2]);
    await test.store.destroyKeys([{ retentionClass: 'content', from: 2, to: 3 }], 2);
    expect(existsSync(`${file}.next`)).toBe(false);
  });

  it('is not made anew for a ledger that has records', async () => {
    await test.store.close();
    rmSync(file);
    await expect(reopen()).rejects.toThrow(code('ledger.keys_missing'));
  });

  it('is refused when an older copy is put back, which could open what was erased', async () => {
    cpSync(file, `${file}.old`);
    await test.store.destroyKeys([{ retentionClass: 'content', from: 1, to: 2 }], 1);
    const erasure = {
      number: 1,
      kind: 'erasure',
      state: 'punctured',
      work: '{}',
      record: 'rec_x',
      at: 1,
    } as const;
    await test.store.sql.insertInto('ledger_erasures').values(erasure).execute();
    await test.store.close();
    cpSync(`${file}.old`, file);
    await expect(reopen()).rejects.toThrow(code('ledger.keys_rolled_back'));
    // A number that was raised to hide it is not the one that was sealed.
    writeFileSync(file, readFileSync(file, 'utf8').replace('"erasures":0', '"erasures":1'));
    await expect(reopen()).rejects.toThrow(code('ledger.keys_missing'));
  });

  it('goes on with new keys where an older copy of the database was put back', async () => {
    await test.store.destroyKeys([{ retentionClass: 'content', from: 1, to: 5 }], 1);
    await reopen();
    await test.store.append([makeTestRecord(3), makeTestRecord(4), makeTestRecord(5)]);
    expect(await readBack()).toEqual([0, 'erased', 'erased']);
    await reopen();
    expect((await findRecord(test.store, makeTestRecord(4).id))?.body).toEqual({ number: 4 });
  });

  it.each<[string, (text: string) => string]>([
    ['cut short', (text) => text.slice(0, -9)],
    ['changed', (text) => text.replace(/"sealed":"./, '"sealed":"_')],
    ['no such file', () => '{"format":"other"}'],
    ['nothing', () => ''],
  ])('is refused when it is %s', async (_name, change) => {
    await test.store.close();
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    await expect(reopen()).rejects.toThrow(code('ledger.keys_missing'));
  });

  it('is refused in another ledger, and under another master key', async () => {
    const other = await openTestStore();
    const ledger = { origin: other.store.ledger.origin, vkey: other.store.ledger.vkey };
    const open = (key: typeof masterKey, name: typeof ledger) =>
      openKeyring(test.store.sql, { folder: test.folder, masterKey: key, ledger: name, platform });
    await expect(open(masterKey, ledger)).rejects.toThrow(code('ledger.keys_missing'));
    await expect(open(createMasterKey(new Uint8Array(32)), test.store.ledger)).rejects.toThrow(
      code('ledger.keys_missing'),
    );
    await other.remove();
  });
});
