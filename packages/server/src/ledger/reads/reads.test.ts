import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../../config/index.ts';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { exportLedger } from '../export-ledger.ts';
import { getRecord } from '../get-record.ts';
import { findRecords, searchLedger } from '../search-ledger.ts';
import { tailLedger } from '../tail-ledger.ts';
import { listReaders } from './list-readers.ts';
import { findWindows, mostWindows } from './read-windows.ts';
import { recordRead } from './record-read.ts';
import { tellRepeats } from './tell-repeats.ts';

const reader: Actor = {
  kind: 'person',
  person: 'per_00000000000000000000000001',
  roles: ['auditor'],
  session: 'ses_a',
  verifiedAt: 0,
  isFresh: true,
};
const system: Actor = { kind: 'system', part: 'test' };
const minute = 60_000;

let test: TestStore;
let now = 1_790_000_000_000;
let context: Pick<Context, 'config' | 'store' | 'platform'>;

beforeAll(async () => {
  test = await openTestStore();
  const config = completeConfig(configSchema.parse({}));
  context = { config, store: test.store, platform: createPlatform(() => now) };
  await test.store.append([0, 1, 2, 3].map((number) => makeTestRecord(number)));
}, 30_000);
afterAll(() => test.remove());

async function findReads() {
  const { items } = await findRecords(context, { kind: 'ledger.read', limit: 500 });
  return items.map(({ body, person }) => ({ person, ...body }));
}

describe('reading.recorded: who reads evidence', () => {
  it('is on record before the answer, with what was asked for and nothing that was found', async () => {
    await getRecord(context, reader, { id: makeTestRecord(1).id });
    expect((await findReads())[0]).toEqual({
      person: reader.person,
      by: reader.person,
      how: 'record',
      selection: { id: makeTestRecord(1).id },
      reads: 1,
      records: 1,
      lowest: 1,
      highest: 1,
    });
    const page = await searchLedger(context, reader, { upstream: 'crm', limit: 2 });
    expect((await findReads())[0]).toMatchObject({
      how: 'search',
      selection: { upstream: 'crm' },
      records: page.items.length,
    });
  });

  it('reading.counted: is told once in five minutes, with how often, and reading of readers no more often', async () => {
    now += 10 * minute;
    await tellRepeats(context);
    const before = (await findReads()).length;
    for (let time = 0; time < 30; time += 1) {
      await searchLedger(context, reader, { kind: 'ledger.read', limit: 500 });
      now += 1_000;
    }
    expect(await findReads()).toHaveLength(before + 1);
    now += 5 * minute;
    await tellRepeats(context);
    const reads = await findReads();
    expect(reads).toHaveLength(before + 2);
    expect(reads[0]).toMatchObject({ reads: 29, since: expect.any(Number) });
    // Who goes on is told of once more after the next five minutes, not at once.
    await searchLedger(context, reader, { kind: 'ledger.read', limit: 500 });
    expect(await findReads()).toHaveLength(before + 2);
    now += 5 * minute;
    await tellRepeats(context);
    await tellRepeats(context);
    expect(await findReads()).toHaveLength(before + 3);
  });

  it('is told anew when the clock went back', async () => {
    const before = (await findReads()).length;
    await searchLedger(context, reader, { agent: 'agt_clock' });
    now -= minute;
    await searchLedger(context, reader, { agent: 'agt_clock' });
    expect(await findReads()).toHaveLength(before + 2);
    now += minute;
  });

  it('is told of at the beginning of a tail, and before a part of the ledger is taken away', async () => {
    const options = { signal: AbortSignal.abort(), idleMs: 1 };
    await tailLedger(context, reader, { after: 3 }, options);
    expect((await findReads())[0]).toMatchObject({ how: 'tail', by: reader.person });
    const lines = await exportLedger(context, reader, { from: 0, to: 2 });
    const { items } = await findRecords(context, { kind: 'ledger.exported', limit: 1 });
    expect(items[0]).toMatchObject({ person: reader.person });
    await lines.return();
  });

  it('gives nothing when it cannot be written, and tells of it the next time', async () => {
    const { store } = context;
    let isFull = true;
    const append: typeof store.append = (records, effects) =>
      isFull ? Promise.reject(new Error('full')) : store.append(records, effects);
    const full = { ...context, store: Object.assign(Object.create(store) as typeof store, { append }) };
    const id = makeTestRecord(2).id;
    await expect(getRecord(full, reader, { id })).rejects.toThrow('full');
    const both = await Promise.allSettled([0, 1].map(() => getRecord(full, reader, { id })));
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isFull = false;
    await getRecord(full, reader, { id });
    expect((await findReads())[0]).toMatchObject({ selection: { id }, reads: 1 });
    await getRecord(full, reader, { id });
    isFull = true;
    now += 6 * minute;
    await expect(tellRepeats(full)).rejects.toThrow('full');
    isFull = false;
    await tellRepeats(full);
    expect((await findReads())[0]).toMatchObject({ selection: { id }, reads: 1, since: expect.any(Number) });
  });

  it('is not told of the product itself, and keeps a bounded memory whatever is asked', async () => {
    const before = (await findReads()).length;
    await searchLedger(context, system, {});
    expect(await findReads()).toHaveLength(before);
    let records = 0;
    const append = async (given: readonly unknown[]) => {
      records += given.length;
    };
    const counted = { ...context, store: { append } as unknown as Context['store'] };
    for (let number = 0; number <= mostWindows; number += 1)
      await recordRead(counted, reader, { how: 'search', selection: { number } });
    expect(findWindows(counted.store).size).toBe(mostWindows);
    expect(records).toBe(mostWindows + 1);
  });

  it('can be asked for: of a record those who named it, and those who may have seen it', async () => {
    await searchLedger(context, reader, { from: 0, limit: 500 });
    const id = makeTestRecord(1).id;
    const { items, truncated } = await listReaders(context, reader, { record: id, from: 0 });
    expect(truncated).toBe(false);
    expect(items.map(({ saw }) => saw)).toEqual(expect.arrayContaining(['named', 'possibly']));
    expect(items.filter(({ saw }) => saw === 'named').map(({ how }) => how)).toContain('record');
    const others = await listReaders(context, reader, { person: 'per_00000000000000000000000009' });
    expect(others.items).toEqual([]);
    await expect(listReaders(context, reader, { record: 'rec_none' })).rejects.toMatchObject({
      code: 'ledger.record_not_found',
    });
    const agent: Actor = { kind: 'agent', agent: 'agt_a', key: 'k' };
    await expect(listReaders(context, agent, {})).rejects.toMatchObject({ code: 'person.forbidden' });
  });
});
