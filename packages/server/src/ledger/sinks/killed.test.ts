import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startFakeCollector, startFakeS3 } from '@countersign/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteTestStore } from '../../plugins/database/sqlite/open-sqlite-test-store.ts';
import { openTestSinks } from './open-test-sinks.ts';

const fixture = fileURLToPath(new URL('./append-and-feed.fixture.ts', import.meta.url));
const children: ChildProcess[] = [];
const kills = [70, 150, 235, 320, 410, 180];
const batch = 256;

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

async function runUntilKilled(words: readonly string[], milliseconds: number): Promise<void> {
  const flags = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, fixture, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  await sleep(milliseconds);
  expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
  await once(child, 'close');
}

describe('sinks.killed: a process that is killed while it sends', () => {
  it('loses no record to a sink, and repeats no more than one batch for each time', async () => {
    const test = await openSqliteTestStore();
    const [siem, s3] = await Promise.all([startFakeCollector(), startFakeS3()]);
    const key = join(test.folder, 's3.key');
    writeFileSync(key, s3.keys.secretAccessKey);
    const files = join(test.folder, 'files');
    const stated = [
      { name: 'siem', kind: 'ocsf', url: siem.url, allowPrivate: true },
      { name: 'files', kind: 'json-lines', folder: files, rotateBytes: 65_536 },
      {
        ...{ name: 's3', kind: 's3-tiles', url: s3.url, region: s3.region, allowPrivate: true },
        ...{ accessKeyId: s3.keys.accessKeyId, secretAccessKeyFile: key, publishSeconds: 1 },
      },
    ];
    await test.store.close();
    const privateKey = Buffer.from(test.key.privateKey).toString('base64');
    for (const [index, milliseconds] of kills.entries())
      await runUntilKilled(
        [test.folder, privateKey, String(index * 1_000_000), JSON.stringify(stated)],
        milliseconds,
      );
    const store = await test.reopen();
    let now = Date.now();
    const { context, feed } = await openTestSinks(store, () => now, stated);
    for (let round = 0; round < 5; round += 1) {
      await feed();
      now += 60_000;
    }
    await context.sinks.close();
    const rows = await store.sql.selectFrom('ledger_entries').select('id').orderBy('seq').execute();
    const wanted = rows.map(({ id }) => id);
    expect(wanted.length).toBeGreaterThan(kills.length * 10);
    const posted = siem.requests.flatMap(({ body }) =>
      JSON.parse(body.toString('utf8')).map((event: { metadata: { uid: string } }) => event.metadata.uid),
    );
    expect(new Set(posted)).toEqual(new Set(wanted));
    expect(posted.length - wanted.length).toBeLessThanOrEqual(kills.length * batch);
    const lines = readdirSync(files)
      .toSorted(
        (one, other) =>
          Number(one === 'records.jsonl') - Number(other === 'records.jsonl') || (one < other ? -1 : 1),
      )
      .flatMap((name) => readFileSync(join(files, name), 'utf8').split('\n').slice(0, -1));
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(wanted);
    const kept = [...s3.objects.entries()]
      .filter(([name]) => name.startsWith('records/'))
      .flatMap(([, body]) => body.toString('utf8').split('\n').slice(0, -1))
      .map((line) => JSON.parse(line).id);
    expect(new Set(kept)).toEqual(new Set(wanted));
    const written = s3.writes.filter((name) => name !== 'checkpoint');
    expect(written.length).toBe(new Set(written).size);
    await Promise.all([siem.close(), s3.close()]);
    await test.remove();
  }, 120_000);
});
