import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { joinPerson, sendHttp } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCountersign } from './ground/run-countersign.ts';

interface Ready {
  readonly event: string;
  readonly url: string;
  readonly administratorLink: string | null;
  readonly milliseconds: number;
  readonly environment: string;
  readonly insecure: readonly { readonly id: string; readonly what: string; readonly fix: string }[];
}

interface Start {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ready: Ready;
}

const folder = mkdtempSync(join(tmpdir(), 'countersign-first-'));
const data = join(folder, '.countersign');

async function start(folder: string): Promise<Start> {
  const child = startCountersign(['up', '--no-demo', '--port', '0', '--json'], { folder });
  child.stderr.resume();
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = JSON.parse(line) as Ready;
    if (ready.event === 'ready') return { child, ready };
  }
  throw new Error('it ended before it was ready');
}

async function end({ child }: Start): Promise<number | null> {
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return exited;
}

describe('server.first-start', () => {
  let first: Start;
  beforeAll(async () => {
    first = await start(folder);
  }, 60_000);
  afterAll(() => {
    first?.child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is ready, and says how long that took', async () => {
    expect((await sendHttp({ method: 'GET', url: `${first.ready.url}/healthz` })).status).toBe(200);
    expect(first.ready.milliseconds).toBeGreaterThan(0);
  });

  it('has made its keys, for nobody else to read', () => {
    const names = readdirSync(data);
    expect(names).toEqual(expect.arrayContaining(['master.key', 'operator.token']));
    expect(statSync(data).mode & 0o077).toBe(0);
    for (const name of names) expect(statSync(join(data, name)).mode & 0o077, name).toBe(0);
  });

  it('says what is insecure about it, and how to mend that', () => {
    const { environment, insecure } = first.ready;
    expect(environment).toBe('development');
    expect(insecure.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['dev.http', 'dev.master_key', 'dev.operator_token']),
    );
    for (const { what, fix } of insecure) {
      expect(what).not.toBe('');
      expect(fix).not.toBe('');
    }
  });

  it('gives one link, which makes one administrator', async () => {
    const { url, administratorLink } = first.ready;
    expect(administratorLink).toMatch(/^http:\/\/localhost:\d+\/join#[\w-]{43}$/);
    const person = await joinPerson(url, administratorLink ?? '');
    const listed = await person.request('GET', '/v1/people');
    expect(listed.json).toMatchObject({ items: [{ id: person.id, state: 'active' }] });
    await expect(joinPerson(url, administratorLink ?? '')).rejects.toThrow('person.invite_invalid');
  });

  it('ends when asked, and gives no link the next time', async () => {
    expect(await end(first)).toBe(0);
    const second = await start(folder);
    try {
      expect(second.ready.administratorLink).toBeNull();
    } finally {
      expect(await end(second)).toBe(0);
    }
  });
});
