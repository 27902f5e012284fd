import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeTurn } from '../../../jobs/gateway-turns.ts';
import { createHouseJobs, inTurn } from '../../../jobs/index.ts';
import { findRecord } from '../../../ledger/find-record.ts';
import { finishErasures, followErasures, openKeyring } from '../../../ledger/index.ts';
import { createMasterKey } from '../../../platform/master-key.ts';
import { createPlatform } from '../../../platform/platform.ts';
import type { Store } from '../database.ts';
import { makeTestRecord } from '../test-store.ts';
import { openPostgresTestStore, type PostgresTestStore } from './open-postgres-test-store.ts';

const server = process.env.TEST_POSTGRES_URL ?? '';
const masterKey = createMasterKey(new Uint8Array(32).fill(9));
const platform = createPlatform();
let folder: string;
let test: PostgresTestStore;
let gateways: Store[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-turns-'));
  const options = {
    isShared: true,
    openKeyring: (sql: Parameters<typeof openKeyring>[0], ledger: { origin: string; vkey: string }) =>
      openKeyring(sql, { folder, masterKey, ledger, platform }),
  };
  test = await openPostgresTestStore(server, options);
  gateways = [test.store, await test.openAnother(options), await test.openAnother(options)];
});
afterEach(async () => {
  for (const gateway of gateways.slice(1)) await gateway.close();
  await test.remove();
  rmSync(folder, { recursive: true, force: true });
});

const at = (number: number): Store => gateways[number] as Store;

describe('jobs.taken-over', () => {
  it('is done by one after the other, whoever asks when', async () => {
    let under = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 20));
      under -= 1;
    };
    await Promise.all(gateways.map((gateway) => inTurn(gateway, 'start', work)));
    expect(most).toBe(1);
  });

  it('is given back by work that fails', async () => {
    const failing = inTurn(at(0), 'start', () => Promise.reject(new RangeError('no')));
    await expect(failing).rejects.toThrow(RangeError);
    expect(await takeTurn(at(1), 'start')).toBe(true);
  });

  it('stays with a gateway that lives, and goes on elsewhere once it is proven dead', async () => {
    expect(await takeTurn(at(1), 'jobs')).toBe(true);
    expect(await Promise.all([takeTurn(at(0), 'jobs'), takeTurn(at(2), 'jobs')])).toEqual([false, false]);
    // Its session is gone and nothing was given back, as after SIGKILL.
    await at(1).close();
    gateways.splice(1, 1);
    const found = { at: -1 };
    await expect
      .poll(
        async () => {
          const taken = await Promise.all(gateways.map((gateway) => takeTurn(gateway, 'jobs')));
          found.at = taken.indexOf(true);
          return taken.filter(Boolean).length;
        },
        { timeout: 10_000 },
      )
      .toBe(1);
    expect(await takeTurn(at(1 - found.at), 'jobs')).toBe(false);
  });

  it('goes on elsewhere when another process has taken the place of the gateway that had it', async () => {
    await takeTurn(at(1), 'jobs');
    await test.changeBehindItsBack(
      `UPDATE ledger_streams SET epoch = epoch + 1, holder = 'somebody else' WHERE number = 1`,
    );
    expect(await takeTurn(at(0), 'jobs')).toBe(true);
  });
});

describe('jobs of the house', () => {
  it('run at one gateway, and at the next one as soon as it stops', async () => {
    const houses = gateways.map((gateway) => createHouseJobs(gateway, Date.now));
    const look = () => Promise.all(houses.map((house) => house.look()));
    await look();
    await look();
    const ran = [0, 0, 0];
    const jobs = houses.map((house, number) =>
      house.only(async () => {
        ran[number] = (ran[number] ?? 0) + 1;
        return 0;
      }),
    );
    for (const job of jobs) await job();
    expect(ran.toSorted()).toEqual([0, 0, 1]);
    const first = ran.indexOf(1);
    await houses[first]?.giveBack();
    await look();
    for (const job of jobs) await job();
    expect(ran[first]).toBe(1);
    expect(ran.reduce((sum, one) => sum + one)).toBe(2);
  });

  it('are all here where nobody shares the database, without a question to it', async () => {
    await gateways[1]?.close();
    await gateways[2]?.close();
    gateways.splice(1);
    const alone = createHouseJobs({ ...at(0), seat: { ...at(0).seat, isShared: false } }, Date.now);
    expect(alone.areHere).toBe(true);
    expect(await inTurn({ ...at(0), seat: { ...at(0).seat, isShared: false } }, 'start', async () => 7)).toBe(
      7,
    );
  });
});

describe('ledger.erased-everywhere', () => {
  const read = async (gateway: Store) => {
    const found = await Promise.all([0, 1].map((n) => findRecord(gateway, makeTestRecord(n).id)));
    return found.map((record) => (record?.erased ? 'erased' : record?.body?.number));
  };
  /** As `eraseRecords` leaves it: from here on it will be finished. */
  async function begin(number: number, seq: number): Promise<void> {
    const work = {
      ...{ seqs: [seq], ranges: [['content', seq, seq + 1]], records: [], actions: [], approvals: [] },
      ...{ tasks: [], contents: [], prompts: [], person: null },
    };
    const row = { number, kind: 'erasure' as const, state: 'begun' as const, work: JSON.stringify(work) };
    await at(0)
      .sql.insertInto('ledger_erasures')
      .values({ ...row, record: `rec_${number}`, at: 1 })
      .execute();
  }
  const follow = (gateway: Store) => {
    const timer = setInterval(() => void followErasures({ store: gateway }).catch(() => {}), 20);
    return () => clearInterval(timer);
  };

  it('counts as erased only when no living gateway has its keys any more', async () => {
    await at(0).append([makeTestRecord(0), makeTestRecord(1)]);
    expect(await read(at(2))).toEqual([0, 1]);
    await begin(1, 0);
    const stops = [follow(at(1)), follow(at(2))];
    await finishErasures({ store: at(0) });
    for (const stop of stops) stop();
    const held = gateways.map(({ keyring }) => [
      keyring.erasures,
      keyring.keys.has(0, makeTestRecord(0).kind),
    ]);
    expect(held).toEqual([1, 1, 1].map((erasures) => [erasures, false]));
    const { state } = await at(0).sql.selectFrom('ledger_erasures').select('state').executeTakeFirstOrThrow();
    expect(state).toBe('done');
  });

  it('is lost by no gateway that destroys other keys with what it remembered before', async () => {
    await at(0).append([makeTestRecord(0), makeTestRecord(1)]);
    await at(0).destroyKeys([{ retentionClass: 'content', from: 0, to: 1 }], 1);
    // It has not heard of the first.
    await at(1).destroyKeys([{ retentionClass: 'content', from: 1, to: 2 }], 2);
    await at(2).reloadKeys();
    for (const gateway of [at(1), at(2)])
      expect([0, 1].map((seq) => gateway.keyring.keys.has(seq, makeTestRecord(0).kind))).toEqual([
        false,
        false,
      ]);
  });
});
