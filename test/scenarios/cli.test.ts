import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinPerson, startEverythingUpstream, type TestPerson, type Upstream } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, type RunningCommand, runCountersign, startCountersign } from './run-countersign.ts';

describe('server.command-line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  const data = join(folder, 'data');
  let server: RunningCommand;
  let upstream: Upstream;
  let url: string;
  let person: TestPerson;
  beforeAll(async () => {
    upstream = await startEverythingUpstream();
    server = startCountersign(['up', '--no-demo', '--port', '0', '--data', data]);
    const ready = await server.waitFor('ready');
    url = String(ready.url);
    person = await joinPerson(url, String(ready.administratorLink));
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await upstream?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...words: string[]) => runCountersign([...words, '--data', data]);
  const json = async <T>(...words: string[]): Promise<T> => {
    const { exitCode, stdout, stderr } = await run(...words, '--json');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    return JSON.parse(stdout) as T;
  };
  const codeOf = ({ stderr }: Finished): string => JSON.parse(stderr).error.code;

  it('says exactly what is insecure about the start', async () => {
    const { insecure } = await server.waitFor('ready');
    const ids = (insecure as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual(['dev.http', 'dev.master_key', 'dev.secrets_key', 'dev.operator_token']);
    expect(statSync(join(data, 'operator.token')).mode & 0o777).toBe(0o600);
  });

  it('takes an agent from registration to revocation', async () => {
    const key = join(folder, 'agent.key');
    const agent = await json<{ id: string; ownerId: string }>(
      ...['agents', 'register', 'cli-bot', '--purpose', 'To be tested', '--generate-key', key],
    );
    expect(agent.ownerId).toBe(person.id);
    expect(JSON.parse(readFileSync(key, 'utf8'))).toHaveProperty('d');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const delegation = await json<{ id: string; isDefault: boolean; limits: { upstreams: string[] } }>(
      ...[
        'delegations',
        'create',
        '--agent',
        'cli-bot',
        '--purpose',
        'Tests',
        '--allow',
        'everything/*',
        '--default',
      ],
    );
    expect(delegation).toMatchObject({ isDefault: true, limits: { upstreams: ['everything'] } });
    const task = await json<{ id: string; state: string }>(
      ...['tasks', 'open', '--url', url, '--agent', agent.id, '--key', key, '--purpose', 'A test'],
    );
    expect(task.state).toBe('open');
    expect(await json<object[]>('tasks', 'list', '--agent', 'cli-bot', '--open')).toHaveLength(1);
    const stopped = await json<{ id: string }>('signals', 'stop', 'agent', 'cli-bot', '--reason', 'A drill');
    const refused = await run(
      ...['tasks', 'open', '--url', url, '--agent', agent.id, '--key', key],
      '--purpose',
      'x',
      '--json',
    );
    expect([refused.exitCode, codeOf(refused)]).toEqual([6, 'signal.stopped']);
    await json('signals', 'lift', stopped.id);
    expect(await json('tasks', 'end', task.id)).toMatchObject({ state: 'ended' });
    await json(
      'agents',
      'add-key',
      'cli-bot',
      '--generate-key',
      join(folder, 'second.key'),
      '--overlap',
      '10m',
    );
    expect(await json<{ keys: object[] }>('agents', 'show', agent.id)).toMatchObject({ keys: [{}, {}] });
    await json('delegations', 'revoke', delegation.id, '--reason', 'Over');
    await json('agents', 'suspend', 'cli-bot');
    await json('agents', 'resume', 'cli-bot');
    expect(await json('agents', 'retire', 'cli-bot')).toMatchObject({ state: 'retired' });
  });

  it('keeps a secret from arguments, and adds, confirms and removes an upstream', async () => {
    const secret = 'correct-horse-battery-staple';
    const stored = await runCountersign(['secrets', 'set', 'everything-key', '--data', data, '--json'], {
      input: `${secret}\n`,
    });
    expect(stored.exitCode).toBe(0);
    expect(stored.stdout).not.toContain(secret);
    const words = [
      '--mcp-url',
      upstream.url,
      '--allow-private',
      '--header',
      'X-Api-Key: {secret:everything-key}',
    ];
    const added = await json<{ tools: { name: string; digest: string }[] }>(
      'upstreams',
      'add',
      'everything',
      ...words,
    );
    expect(added.tools.length).toBeGreaterThan(5);
    const classified = [
      'upstreams',
      'classify',
      'everything/greet',
      '--effect',
      'read',
      '--data-domain',
      'tests',
    ];
    expect(await json(...classified)).toMatchObject({ confirmed: true, effects: ['read'] });
    expect(await json('upstreams', 'diff', 'everything/greet')).toMatchObject({ differences: [] });
    expect(upstream.journal.entries.every(({ headers }) => headers['x-api-key'] === secret)).toBe(true);
    await json('upstreams', 'refresh', 'everything');
    const twice = await run('upstreams', 'add', 'everything', ...words, '--json');
    expect([twice.exitCode, codeOf(twice)]).toEqual([5, 'upstream.exists']);
    await json('upstreams', 'remove', 'everything');
    await json('secrets', 'remove', 'everything-key');
    expect(await json('upstreams', 'list')).toEqual([]);
  });

  it('refuses policies that do not compile with exit code 3, naming the place', async () => {
    const file = join(folder, 'broken.cedar');
    writeFileSync(file, 'permit (principal, action, resource)\n  when { context.nonsense };\n');
    const checked = await run('policies', 'validate', file);
    expect(checked.exitCode).toBe(3);
    expect(checked.stderr).toMatch(/^broken\.cedar:\d+:\d+: error: /m);
    const activated = await run('policies', 'activate', file, '--json');
    expect([activated.exitCode, codeOf(activated)]).toEqual([3, 'policy.invalid']);
    const before = await json<{ version: string; isActive: boolean }[]>('policies', 'list');
    writeFileSync(file, 'forbid (principal, action, resource);\n');
    const { version } = await json<{ version: string }>('policies', 'activate', file);
    expect(await json('policies', 'show')).toMatchObject({ version, isActive: true });
    await json('policies', 'activate', '--bundle', String(before[0]?.version));
  });

  it('exports a ledger that verifies, and finds what was changed, taken out, moved or cut off', async () => {
    const [whole, checkpoint] = [join(folder, 'ledger.jsonl'), join(folder, 'checkpoint.txt')];
    expect((await run('ledger', 'export', '--out', whole)).exitCode).toBe(0);
    const kept = await run('ledger', 'checkpoint');
    writeFileSync(checkpoint, kept.stdout);
    const vkey = /verifier key (\S+)/.exec(kept.stderr)?.[1] ?? '';
    await run('people', 'invite', 'Somebody Else', '--role', 'auditor');
    const later = join(folder, 'later.jsonl');
    await run('ledger', 'export', '--out', later);
    const good = await run('ledger', 'verify', later, '--checkpoint', checkpoint, '--vkey', vkey);
    expect([good.exitCode, good.stderr]).toEqual([0, '']);
    expect(good.stdout).toMatch(/^verified: \d+ records/);
    const lines = readFileSync(later, 'utf8').split('\n').slice(0, -1);
    const findings = async (changed: readonly string[], ...words: string[]): Promise<string[]> => {
      const path = join(folder, 'changed.jsonl');
      writeFileSync(path, `${changed.join('\n')}\n`);
      const { exitCode, stdout } = await run('ledger', 'verify', path, '--json', ...words);
      expect(exitCode).toBe(4);
      return (JSON.parse(stdout) as { findings: { code: string }[] }).findings.map(({ code }) => code);
    };
    const payload = lines.map((line, at) =>
      at === 3 ? line.replace('"payload":{', '"payload":{"a":1,') : line,
    );
    expect(await findings(payload)).toContain('record.changed');
    expect(await findings(lines.toSpliced(3, 1))).toContain('record.missing');
    expect(await findings(lines.toSpliced(3, 2, lines[4] ?? '', lines[3] ?? ''))).toContain(
      'record.reordered',
    );
    expect(await findings(lines.slice(0, -1))).toContain('checkpoint.missing');
    const older = await run('ledger', 'verify', whole, '--checkpoint', checkpoint);
    expect([0, 4]).toContain(older.exitCode);
    const newest = join(folder, 'newest.txt');
    writeFileSync(newest, (await run('ledger', 'checkpoint')).stdout);
    expect(
      await findings(readFileSync(whole, 'utf8').split('\n').slice(0, -1), '--checkpoint', newest),
    ).toEqual(expect.arrayContaining(['ledger.truncated']));
  });

  it('proves one record, and searches and tails', async () => {
    const [newest] = await json<{ id: string; seq: number }[]>('ledger', 'search', '--limit', '1');
    expect(await json('ledger', 'show', newest?.id ?? '')).toMatchObject({
      record: { seq: newest?.seq },
      proof: expect.stringMatching(/^included in the signed tree of \d+ records$/),
    });
    const missing = await run('ledger', 'show', 'rec_00000000000000000000000000', '--json');
    expect([missing.exitCode, codeOf(missing)]).toEqual([5, 'ledger.record_not_found']);
    const tail = startCountersign(['ledger', 'tail', '--last', '2', '--data', data]);
    const deadline = Date.now() + 10_000;
    while (tail.events.length < 2 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 100));
    await run('people', 'invite', 'A Third Person', '--role', 'owner');
    while (tail.events.length < 3 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await tail.stop()).toBe(0);
    expect(tail.events.map(({ kind }) => kind).at(-1)).toBe('person.invited');
  });

  it('reads a body that comes in chunks, and refuses one that never ends', async () => {
    const answered = new AbortController();
    const send = (pull: (stream: ReadableStreamDefaultController<Uint8Array>) => Promise<void>) => {
      const { signal } = answered;
      const headers = { 'content-type': 'application/json', origin: url, 'sec-fetch-site': 'same-origin' };
      const init = { method: 'POST', headers, body: new ReadableStream({ pull }), duplex: 'half', signal };
      return fetch(`${url}/v1/people/join/begin`, init);
    };
    const bytes = new TextEncoder().encode(`{"token":"${'a'.repeat(43)}"}`);
    const halves = [bytes.slice(0, 9), bytes.slice(9)];
    const spent = await send(async (stream) => {
      const half = halves.shift();
      if (half === undefined) stream.close();
      else stream.enqueue(half);
    });
    expect(await spent.json()).toMatchObject({ code: 'person.invite_invalid' });
    const endless = send(async (stream) => {
      await new Promise(setImmediate);
      stream.enqueue(new Uint8Array(65_536).fill(32));
    });
    const refused = await endless.catch(() => undefined);
    // Without an end the client goes on filling its own memory.
    answered.abort();
    expect([413, undefined]).toContain(refused?.status);
  });

  it('examines itself, and each finding has a fix', async () => {
    const { findings } = await json<{ findings: { id: string; fix: string }[] }>('doctor');
    expect(findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['dev.http', 'people.one_administrator']),
    );
    expect(findings.every(({ fix }) => fix.length > 0)).toBe(true);
    const { issuer } = (await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json()) as {
      issuer: string;
    };
    expect(issuer).toBe(url);
  });

  it('shows the configuration, its origins and its schema without a server', async () => {
    const settings = await json<{ name: string; origin: string }[]>('config', 'show', '--origin');
    expect(settings.find(({ name }) => name === 'data.folder')?.origin).toBe('--data');
    expect(await json('config', 'schema')).toMatchObject({ title: 'countersign.yaml' });
  });

  it('refuses a second server on the same data folder', async () => {
    const second = await run('up', '--no-demo', '--port', '0', '--json');
    expect([second.exitCode, codeOf(second)]).toEqual([5, 'server.data_folder_in_use']);
  });

  it('says that a port is in use', async () => {
    const port = new URL(url).port;
    const taken = await runCountersign(['up', '--no-demo', '--port', port, '--data', join(folder, 'other')]);
    expect([taken.exitCode, taken.stderr]).toEqual([2, expect.stringContaining(`port ${port} is in use`)]);
  });

  it('names its errors, their page and what to do', async () => {
    const { exitCode, stdout, stderr } = await run('agents', 'show', 'agt_00000000000000000000000000');
    expect([exitCode, stdout]).toEqual([5, '']);
    expect(stderr).toContain('error: agent.not_found');
    expect(stderr).toContain('see docs/errors/agent.not_found.md');
    expect((await run('agents', 'frobnicate')).exitCode).toBe(2);
    const elsewhere = await runCountersign([
      'agents',
      'list',
      '--url',
      'https://gate.example.com',
      '--data',
      data,
      '--json',
    ]);
    expect(elsewhere.exitCode).toBe(2);
    const nobody = await runCountersign([
      'agents',
      'list',
      '--url',
      'http://localhost:9',
      '--data',
      data,
      '--json',
    ]);
    expect(nobody.exitCode).toBe(5);
    const nothing = await runCountersign(['agents', 'list', '--data', join(folder, 'nothing'), '--json']);
    expect(nothing.exitCode).toBe(2);
  });
});
