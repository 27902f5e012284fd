import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { errors } from '@countersign/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-run-'));
let server: Server;
let url: string;
let reply: { status: number; body: string };
const seen: { method: string; url: string; authorization: string | undefined }[] = [];

beforeAll(async () => {
  writeFileSync(join(folder, 'operator.token'), 'cso_test\n');
  server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    seen.push({ method, url: path, authorization: headers.authorization });
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function run(...words: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    streams[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const signal = new AbortController().signal;
  const exitCode = await runCli(words, {
    streams,
    environment: { COUNTERSIGN_DATA: folder, COUNTERSIGN_URL: url },
    signal,
  });
  await setImmediate();
  return { exitCode, ...output };
}

const refuse = (code: keyof typeof errors) => {
  const { status, caller } = errors[code];
  reply = {
    status,
    body: JSON.stringify({ code, title: caller, status, detail: 'a detail\u001b[2J', requestId: 'req' }),
  };
};

describe('a command line', () => {
  test.each([
    [['--help'], 0],
    [['agents', '--help'], 0],
    [['agents', 'register', '--help'], 0],
    [['--version'], 0],
    [['nonsense'], 2],
    [['agents'], 2],
    [['agents', 'nonsense'], 2],
    [['agents', 'list', '--nonsense'], 2],
    [['agents', 'register', 'a'], 2],
    [['agents', 'register', 'a', '--purpose', 'p', '--owner', 'per_1', '--key', '/nonexistent'], 2],
    [['signals', 'stop', 'world', '--reason', 'r'], 2],
    [['signals', 'stop', 'agent', '--reason', 'r'], 2],
    [['delegations', 'create', '--agent', 'agt_1', '--purpose', 'p'], 2],
    [['delegations', 'create', '--agent', 'agt_1', '--purpose', 'p', '--allow', 'a b'], 2],
    [['upstreams', 'add', 'x'], 2],
    [['upstreams', 'accept', 'no-slash', '--digest', 'd'], 2],
    [['policies', 'activate'], 2],
    [['policies', 'ask', '--agent', 'agt_1', '--tool', 'a/b', '--arguments', '{'], 2],
    [['ledger', 'verify', '/nonexistent'], 2],
    [['mcp-stdio', 'files', '--agent', 'agt_1'], 2],
  ])('%j ends with %i', async (words, expected) => {
    const { exitCode, stdout, stderr } = await run(...words);
    expect(exitCode).toBe(expected);
    expect(expected === 0 ? stderr : stdout).toBe('');
  });

  test.each([
    ['agent.not_found', 5],
    ['person.forbidden', 6],
    ['token.invalid', 6],
    ['policy.invalid', 3],
    ['server.request_invalid', 2],
    ['server.internal', 5],
    ['ledger.unavailable', 5],
  ] as const)('tells %s, its page and exit code %i', async (code, expected) => {
    refuse(code);
    const { exitCode, stdout, stderr } = await run('agents', 'list');
    expect([exitCode, stdout]).toEqual([expected, '']);
    expect(stderr).toContain(`error: ${code}: `);
    expect(stderr).toContain(`docs/errors/${code}.md`);
    expect(stderr).not.toContain('\u001b');
    expect(JSON.parse((await run('agents', 'list', '--json')).stderr).error).toMatchObject({
      code,
      requestId: 'req',
    });
  });

  test('survives an answer that is no JSON at all', async () => {
    reply = { status: 502, body: '<html>proxy</html>' };
    expect(await run('agents', 'list')).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('http.502'),
    });
  });

  test('reads all pages with the operator token of the data folder', async () => {
    seen.length = 0;
    reply = { status: 200, body: JSON.stringify({ items: [], next: null }) };
    expect(await run('agents', 'list', '--json')).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
    expect(seen).toEqual([{ method: 'GET', url: '/v1/agents?limit=200', authorization: 'Bearer cso_test' }]);
  });

  test('never sends the operator token to another machine', async () => {
    for (const elsewhere of [
      'http://192.0.2.1:7420',
      'https://localhost.evil.test',
      'http://127.0.0.1.evil.test',
    ]) {
      const { exitCode, stderr } = await run('agents', 'list', '--url', elsewhere);
      expect([exitCode, stderr.includes('never sent to another machine')]).toEqual([2, true]);
    }
  });

  test('names in its help every option that a command takes, and the exit codes', async () => {
    const { stdout } = await run('delegations', 'create', '--help');
    expect(stdout).toContain('--allow <pattern>');
    expect(stdout).toContain('Examples:');
    expect((await run('--help')).stdout).toContain('Exit codes:');
  });
});
