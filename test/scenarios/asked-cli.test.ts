import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinPerson, startPlainUpstream, type TestPerson, type Upstream } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCommand, runCountersign, startCountersign } from './run-countersign.ts';

describe('token.ask-command-line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-ask-'));
  const data = join(folder, 'data');
  const key = join(folder, 'agent.key');
  let server: RunningCommand;
  let upstream: Upstream;
  let person: TestPerson;
  let agentId: string;

  const run = (...words: string[]) => runCountersign([...words, '--data', data, '--json']);
  const json = async <T>(...words: string[]): Promise<T> => {
    const { exitCode, stdout, stderr } = await run(...words);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    return JSON.parse(stdout) as T;
  };
  const start = (...words: string[]) => startCountersign([...words, '--data', data]);
  const decide = async (command: RunningCommand, choice: 'approve' | 'deny') => {
    const { link } = await command.waitFor('asked');
    expect((await person.decide(String(link).split('/').at(-1) ?? '', choice)).status).toBe(200);
  };

  beforeAll(async () => {
    upstream = await startPlainUpstream();
    server = startCountersign(['up', '--no-demo', '--port', '0', '--data', data]);
    const ready = await server.waitFor('ready');
    person = await joinPerson(String(ready.url), String(ready.administratorLink));
    await json('upstreams', 'add', 'shop', '--mcp-url', upstream.url, '--allow-private');
    writeFileSync(join(folder, 'all.cedar'), '@id("all") permit (principal, action, resource);');
    await json('policies', 'activate', join(folder, 'all.cedar'));
    const register = ['agents', 'register', 'cli-bot', '--purpose', 'Tests', '--generate-key', key];
    agentId = (await json<{ id: string }>(...register)).id;
  }, 90_000);
  afterAll(async () => {
    await server?.stop();
    await upstream?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('asks for authority, says where it is decided, and opens a task', async () => {
    const words = ['tokens', 'ask-authority', '--agent', agentId, '--key', key, '--person', person.id];
    const asking = start(...words, '--purpose', 'Echo', '--allow', 'shop/echo', '--message', 'ticket 8841');
    expect((await asking.waitFor('asked')).matchCode).toMatch(/^\d\d$/);
    await decide(asking, 'approve');
    const { task } = await asking.waitFor('given');
    expect(task).toMatchObject({ purpose: 'Echo', state: 'open' });
    expect(await asking.ended()).toBe(0);
    const delegations = await json<{ fromPersonId: string }[]>('delegations', 'list', '--agent', agentId);
    expect(delegations).toMatchObject([{ fromPersonId: person.id, purpose: 'Echo' }]);
  });

  it('asks for one call, makes it, and says with its exit code that somebody refused', async () => {
    await json(
      ...[
        'delegations',
        'create',
        '--agent',
        agentId,
        '--purpose',
        'Echo',
        '--allow',
        'shop/echo',
        '--default',
      ],
    );
    const args = join(folder, 'arguments.json');
    writeFileSync(args, '{"text":"from the shell"}');
    const words = ['tokens', 'ask-call', 'shop', 'echo', '--agent', agentId, '--key', key];
    const asking = start(...words, '--person', person.id, '--arguments', args);
    await decide(asking, 'approve');
    expect(JSON.stringify(await asking.waitFor('called'))).toContain('from the shell');
    expect(await asking.ended()).toBe(0);
    const refused = start(...words, '--person', person.id, '--arguments', args);
    await decide(refused, 'deny');
    expect(await refused.ended()).toBe(6);
    expect(refused.stderr()).toContain('token.ask_denied');
  });

  it('shows and sets where an agent is told', async () => {
    expect(await json('agents', 'notify', 'cli-bot')).toMatchObject({ url: null, delivery: 'poll' });
    const set = ['agents', 'notify', 'cli-bot', '--at', 'http://127.0.0.1:9/told'];
    expect(await json(...set)).toMatchObject({ delivery: 'ping' });
    expect(await json('agents', 'notify', 'cli-bot', '--none')).toMatchObject({ delivery: 'poll' });
    const { exitCode, stderr } = await run('agents', 'notify', 'cli-bot', '--at', 'http://10.0.0.1/');
    expect([exitCode, JSON.parse(stderr).error.code]).toEqual([5, 'agent.notification_endpoint_refused']);
  });
});
