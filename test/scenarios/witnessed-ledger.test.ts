import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCountersign, startCountersign } from './ground/run-countersign.ts';

const VERIFICATION_FAILED = 4;

interface Witnesses {
  readonly published: { readonly size: number; readonly cosigned: number };
  readonly items: readonly {
    readonly name: string;
    readonly state: string;
    readonly reason: string | null;
  }[];
}

// Every part is a process of its own, as they are where they belong to different people.
describe('ledger.witnessed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-witnessed-'));
  const at = (name: string) => join(folder, name);
  const running = new Set<ChildProcess>();
  let vkey: string;
  let url: string;
  let house = 'data';
  const keys: string[] = [];
  const witnesses: { readonly url: string; readonly process: ChildProcess }[] = [];

  const run = async (...words: readonly string[]) =>
    runCountersign(words, { folder, environment: { COUNTERSIGN_DATA: at(house), COUNTERSIGN_URL: url } });
  const ask = async <T>(...words: readonly string[]): Promise<T> => {
    const { exitCode, stdout, stderr } = await run(...words, '--json');
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout) as T;
  };

  /** Starts what runs until it is told to end, and reads the first line of JSON it prints. */
  async function start(...words: readonly string[]): Promise<{ url: string; process: ChildProcess }> {
    const child = startCountersign([...words, '--json'], { folder });
    running.add(child);
    child.once('exit', () => running.delete(child));
    child.stderr.resume();
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('{')) continue;
      const told = JSON.parse(line) as { url: string };
      child.stdout.resume();
      return { url: told.url, process: child };
    }
    throw new Error(`${words.join(' ')} ended`);
  }

  async function end(process: ChildProcess): Promise<void> {
    const exited = once(process, 'exit');
    process.kill('SIGTERM');
    await exited;
  }

  async function startServer(data: string): Promise<ChildProcess> {
    const server = await start(
      'up',
      '--no-demo',
      '--config',
      'house.yaml',
      '--port',
      '0',
      '--data',
      at(data),
    );
    url = server.url;
    house = data;
    return server.process;
  }

  async function waitFor(matches: (found: Witnesses) => boolean): Promise<Witnesses> {
    for (let tries = 0; ; tries += 1) {
      const found = await ask<Witnesses>('ledger', 'witnesses');
      if (matches(found) || tries > 40) return found;
      await delay(500);
    }
  }

  /** One more record: an export is one. */
  async function grow(): Promise<void> {
    const { exitCode, stderr } = await run('ledger', 'export', '--first', '0', '--before', '1');
    expect(exitCode, stderr).toBe(0);
  }

  beforeAll(async () => {
    writeFileSync(at('house.yaml'), 'log: { level: silent }\n');
    const first = await startServer('data');
    ({ vkey } = await ask<{ vkey: string }>('ledger', 'checkpoint'));
    await end(first);
    // What somebody with the disk and the keys could go on from.
    cpSync(at('data'), at('forked'), { recursive: true });
    for (const name of ['one', 'two']) {
      const made = await run('witness', 'keygen', '--name', `witness.test/${name}`, '--out', `${name}.key`);
      expect(made.exitCode, made.stderr).toBe(0);
      keys.push(made.stdout.trim());
      const listen = ['--listen', '127.0.0.1:0', '--state', `${name}.db`];
      witnesses.push(await start('witness', '--key', `${name}.key`, '--log', vkey, ...listen));
    }
    const listed = witnesses.map((witness, index) => ({
      ...{ vkey: keys[index], url: witness.url, allowPrivate: true },
    }));
    const ledger = { witnesses: listed, witnessQuorum: 1, witnessSeconds: 1, tiles: 'public' };
    writeFileSync(at('house.yaml'), JSON.stringify({ log: { level: 'silent' }, ledger }));
  }, 120_000);
  afterAll(async () => {
    for (const process of [...running]) await end(process);
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('has its checkpoints cosigned, and goes on without a witness that is away', async () => {
    const server = await startServer('data');
    expect((await waitFor(({ published }) => published.cosigned === 2)).published.cosigned).toBe(2);
    writeFileSync(at('ours.txt'), (await run('ledger', 'checkpoint', '--witnessed')).stdout);
    const trusted = keys.flatMap((key) => ['--witness', key]);
    const verified = await run('ledger', 'verify', 'ours.txt', '--vkey', vkey, ...trusted);
    expect(verified.exitCode, verified.stdout).toBe(0);
    expect(verified.stdout).toContain('cosigned by witness.test/two');
    const seen = await run(
      'ledger',
      'monitor',
      '--once',
      '--log',
      `${url}/log/main`,
      '--vkey',
      vkey,
      '--state',
      'seen.txt',
    );
    expect(seen.exitCode, seen.stderr).toBe(0);

    const second = witnesses[1];
    if (second === undefined) throw new Error('no witness');
    await end(second.process);
    await grow();
    const lonely = await waitFor(({ items }) => items.some(({ state }) => state === 'unreachable'));
    expect(lonely.items.map(({ state }) => state)).toEqual(['cosigning', 'unreachable']);
    expect((await run('doctor')).stdout).toContain('witnesses.unreachable');

    const exported = await run('ledger', 'export', '--witnessed', '--out', 'evidence.jsonl');
    expect(exported.exitCode, exported.stderr).toBe(0);
    const judge = async (...words: readonly string[]) =>
      (await run('ledger', 'verify', 'evidence.jsonl', '--vkey', vkey, ...words)).exitCode;
    expect(await judge(...trusted, '--quorum', '1')).toBe(0);
    expect(await judge(...trusted, '--quorum', '2')).toBe(VERIFICATION_FAILED);
    expect((await run('ledger', 'monitor', '--once', '--vkey', vkey, '--state', 'seen.txt')).exitCode).toBe(
      0,
    );
    expect((await run('ledger', 'consistency', 'ours.txt', 'seen.txt')).stdout).toContain('proven');
    await end(server);
  }, 120_000);

  it('that is shown twice is found by the witness, by a monitor and by whoever compares', async () => {
    const server = await startServer('forked');
    // Until this history is longer than the other one, it could still be a stale view of it.
    const size = Number(readFileSync(at('seen.txt'), 'utf8').split('\n')[1]);
    for (;;) {
      const { published } = await ask<Witnesses>('ledger', 'witnesses');
      if (published.size > size) break;
      await grow();
    }
    const found = await waitFor(({ items }) => items[0]?.state === 'refused');
    expect(['ahead', 'forked']).toContain(found.items[0]?.reason);
    expect((await run('doctor')).stdout).toContain('witnesses.refused');

    const log = ['--vkey', vkey, '--log', `${url}/log/main`];
    const monitored = await run('ledger', 'monitor', '--once', '--state', 'seen.txt', ...log);
    expect([monitored.exitCode, monitored.stdout]).toEqual([
      VERIFICATION_FAILED,
      expect.stringContaining('forked'),
    ]);
    const compared = await run('ledger', 'compare', 'ours.txt', 'seen.txt', '--out', 'fork.json', ...log);
    expect([compared.exitCode, compared.stdout]).toEqual([
      VERIFICATION_FAILED,
      expect.stringContaining('CONTRADICTS'),
    ]);
    await end(server);
    // Nothing that ran is needed to prove it.
    for (const file of ['fork.json', 'seen.txt.fork.json']) {
      const proven = await run('ledger', 'verify', file, '--vkey', vkey);
      expect([proven.exitCode, proven.stdout]).toEqual([0, expect.stringContaining('signed two histories')]);
    }
  }, 120_000);
});
