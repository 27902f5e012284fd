import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteTestStore, type SqliteTestStore } from './open-sqlite-test-store.ts';

const fixture = fileURLToPath(new URL('./append-forever.fixture.ts', import.meta.url));
const children: ChildProcess[] = [];

interface Appender {
  readonly acknowledged: number[];
  kill(): Promise<void>;
}

async function startAppender({ folder, key }: SqliteTestStore, first: number): Promise<Appender> {
  const privateKey = Buffer.from(key.privateKey).toString('base64');
  const child = spawn(
    process.execPath,
    [
      '--conditions=countersign-source',
      '--disable-warning=ExperimentalWarning',
      fixture,
      folder,
      privateKey,
      String(first),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  const acknowledged: number[] = [];
  const ready = Promise.withResolvers<void>();
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => (line === 'open' ? ready.resolve() : acknowledged.push(Number(line))));
  child.once('exit', () => ready.reject(new Error('the process ended')));
  await ready.promise;
  return {
    acknowledged,
    kill: async () => {
      const closed = once(lines, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

describe('a killed process', () => {
  it('loses no acknowledged record, keeps calls whole, and leaves a ledger that opens and goes on', async () => {
    const test = await openSqliteTestStore();
    await test.store.close();
    let first = 0;
    const acknowledged: number[] = [];
    for (const afterMs of [40, 130, 275]) {
      const appender = await startAppender(test, first);
      await sleep(afterMs);
      await appender.kill();
      acknowledged.push(...appender.acknowledged);
      first += 1_000_000;
    }
    const store = await test.reopen();
    const rows = await store.sql.selectFrom('ledger_entries').select(['id', 'seq']).orderBy('seq').execute();
    const numbers = rows.map(({ id }) => Number(id.slice(4)));
    expect(acknowledged.length).toBeGreaterThan(10);
    const kept = new Set(numbers);
    expect(acknowledged.filter((number) => !kept.has(number) || !kept.has(number + 1))).toEqual([]);
    expect(rows.every(({ seq }, index) => seq === index)).toBe(true);
    const budgets = await store.sql.selectFrom('budgets').selectAll().execute();
    const changes = budgets.filter(({ holder }) => holder.startsWith('tx_'));
    const calls = budgets.find(({ holder }) => holder === 'tsk_a')?.calls ?? 0;
    expect(changes.every(({ holder }) => kept.has(Number(holder.slice(3))))).toBe(true);
    expect(calls * 2 + changes.length).toBe(rows.length);
    expect((await store.checkpoint()).size).toBe(rows.length);
    await test.remove();
  }, 30_000);

  it('holds the folder until it is gone', async () => {
    const test = await openSqliteTestStore();
    await test.store.close();
    const appender = await startAppender(test, 0);
    await expect(test.reopen()).rejects.toMatchObject({ code: 'server.data_folder_in_use' });
    await appender.kill();
    await test.reopen();
    await test.remove();
  }, 30_000);
});
