import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, type ErrorCode } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { everythingProgram, hostileProgram, type StdioProgram } from '@countersign/testkit';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { connectStdio, type StdioConnectionOptions } from './connect-stdio.ts';
import { metaKeys, modernRevision } from './json-rpc.ts';
import type { UpstreamConnection, UpstreamRequest } from './live-upstream.ts';

const opened: UpstreamConnection[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const lines: string[] = [];
const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });

function connect(program: StdioProgram, rest: Partial<StdioConnectionOptions> = {}): UpstreamConnection {
  const settings = { command: program.command, args: program.args };
  const connection = connectStdio({ settings, log, now: Date.now, onToolsChanged: () => {}, ...rest });
  opened.push(connection);
  return connection;
}

const envelope = { [metaKeys.protocolVersion]: modernRevision, [metaKeys.clientCapabilities]: {} };
function ask(method: string, params: JsonObject = {}, rest: Partial<UpstreamRequest> = {}): UpstreamRequest {
  const meta = params._meta as JsonObject | undefined;
  return {
    message: { jsonrpc: '2.0', id: 'r1', method, params: { ...params, _meta: { ...envelope, ...meta } } },
    headers: {},
    environment: {},
    secretKey: '',
    principal: 'agt_1',
    signal: new AbortController().signal,
    timeoutMilliseconds: 15_000,
    maxBytes: 1_000_000,
    onMessage: () => {},
    ...rest,
  };
}
const call = (name: string, args: JsonValue = {}, rest: Partial<UpstreamRequest> = {}) =>
  ask('tools/call', { name, arguments: args }, rest);
const refusal = (code: ErrorCode) => expect.objectContaining({ code });
const filesystemProgram = (folder: string): StdioProgram => ({
  command: process.execPath,
  args: [fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-filesystem/dist/index.js')), folder],
});

describe('connectStdio', { timeout: 30_000 }, () => {
  it('speaks for the published filesystem server in revision 2026-07-28', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-')));
    writeFileSync(join(folder, 'note.txt'), 'hello');
    const connection = connect(filesystemProgram(folder));
    const discovered = await connection.send(ask('server/discover'));
    expect(discovered.response).toMatchObject({
      id: 'r1',
      result: {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        cacheScope: 'private',
        capabilities: { tools: {} },
      },
    });
    const list = await connection.send(ask('tools/list'));
    expect(list.response).toMatchObject({
      result: { resultType: 'complete', ttlMs: 0, cacheScope: 'private' },
    });
    const read = await connection.send(call('read_text_file', { path: join(folder, 'note.txt') }));
    expect(read).toMatchObject({
      response: {
        jsonrpc: '2.0',
        id: 'r1',
        result: { resultType: 'complete', content: [{ type: 'text', text: 'hello' }] },
      },
      raw: null,
    });
    const outside = await connection.send(call('read_text_file', { path: '/etc/hostname' }));
    expect(outside.response).toMatchObject({ result: { isError: true } });
  });

  it('carries progress under the token of the caller', async () => {
    const seen: JsonObject[] = [];
    const params = { name: 'test_tool_with_progress', arguments: {}, _meta: { progressToken: 'mine' } };
    await connect(everythingProgram()).send(
      ask('tools/call', params, { onMessage: (message) => seen.push(message) }),
    );
    const progress = seen.filter(({ method }) => method === 'notifications/progress');
    expect(progress.length).toBeGreaterThan(0);
    for (const { params } of progress) expect(params).toMatchObject({ progressToken: 'mine' });
  });

  it('shares a process within a principal and secret, never across', async () => {
    const program = { command: process.execPath, args: ['-e', serverThatTells('process.pid')] };
    const connection = connect(program);
    const ask = async (rest: Partial<UpstreamRequest>) =>
      (await connection.send(call('tell', {}, rest))).response?.result;
    const first = await ask({});
    expect(await ask({})).toEqual(first);
    expect(await ask({ principal: 'agt_2' })).not.toEqual(first);
    expect(await ask({ secretKey: 'key@2' })).not.toEqual(first);
  });

  it('gives a process the injected environment and nothing of ours', async () => {
    process.env.COUNTERSIGN_TEST_LEAK = 'ours';
    const connection = connect(hostileProgram('show environment'));
    const { response } = await connection.send(
      call('echo', { text: '' }, { environment: { API_KEY: 'injected-value' } }),
    );
    delete process.env.COUNTERSIGN_TEST_LEAK;
    expect(JSON.stringify(response)).toContain('injected-value');
    expect(JSON.stringify(response)).not.toContain('COUNTERSIGN_TEST_LEAK');
  });

  it('refuses requests of the server without troubling the caller', async () => {
    const { response } = await connect(everythingProgram()).send(call('test_sampling', { prompt: 'hi' }));
    expect(response).toHaveProperty('id', 'r1');
  });

  it.each<[string, ErrorCode]>([
    ['crash', 'upstream.failed'],
    ['crash after half a line', 'upstream.failed'],
    ['endless line', 'upstream.result_too_large'],
    ['endless lines', 'upstream.lied'],
    ['wrong id', 'upstream.lied'],
    ['hang', 'upstream.timed_out'],
    ['garbage', 'upstream.timed_out'],
    ['ignore signals', 'upstream.timed_out'],
  ])('survives a process that does this: %s -> %s', async (mode, code) => {
    const connection = connect(hostileProgram(mode));
    await connection.send(ask('tools/list'));
    const timeoutMilliseconds = code === 'upstream.timed_out' ? 500 : 15_000;
    await expect(connection.send(call('echo', { text: '' }, { timeoutMilliseconds }))).rejects.toThrow(
      refusal(code),
    );
    expect((await connection.send(ask('tools/list'))).response).toHaveProperty('result');
  });

  it('leaves no process behind when it is closed, not even one that ignores signals', async () => {
    const stubborn = `for (const one of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(one, () => {}); setInterval(() => {}, 1000);`;
    const connection = connect({
      command: process.execPath,
      args: ['-e', stubborn + serverThatTells('process.pid')],
    });
    const { response } = await connection.send(call('tell'));
    const pid = isJsonObject(response?.result) ? Number(response.result.pid) : 0;
    await expect(connection.send(call('hang', {}, { timeoutMilliseconds: 100 }))).rejects.toThrow(
      refusal('upstream.timed_out'),
    );
    await connection.close();
    expect(isRunning(pid)).toBe(false);
  });

  it('refuses a result over the bound of the call', async () => {
    const program = { command: process.execPath, args: ['-e', serverThatTells('"x".repeat(5000)')] };
    await expect(connect(program).send(call('tell', {}, { maxBytes: 1000 }))).rejects.toThrow(
      refusal('upstream.result_too_large'),
    );
  });

  it('cuts a call with the reason given and ends the process after a stop', async () => {
    const connection = connect({ command: process.execPath, args: ['-e', serverThatTells('process.pid')] });
    const { response } = await connection.send(call('tell'));
    const result = response?.result;
    const pid = isJsonObject(result) ? Number(result.pid) : 0;
    const abort = new AbortController();
    const sent = connection.send(call('hang', {}, { signal: abort.signal }));
    const stopped = new AppError('signal.stopped');
    setTimeout(() => abort.abort(stopped), 100);
    await expect(sent).rejects.toBe(stopped);
    await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
  });

  it('does not start a failing command again at once', async () => {
    let time = 1_000_000;
    const connection = connect({ command: '/no/such/command', args: [] }, { now: () => time });
    const failed = refusal('upstream.failed');
    await expect(connection.send(call('a'))).rejects.toThrow(failed);
    await expect(connection.send(call('a'))).rejects.toThrow(/a moment ago/);
    time += 60_000;
    await expect(connection.send(call('a'))).rejects.toThrow(/did not start/);
  });

  it('keeps the number of processes within bounds', async () => {
    const program = { command: process.execPath, args: ['-e', serverThatTells('process.pid')] };
    const connection = connect(program, { mostProcesses: 1 });
    const hanging = connection.send(call('hang', {}, { timeoutMilliseconds: 2_000 }));
    await expect(connection.send(call('tell', {}, { principal: 'agt_2' }))).rejects.toThrow(
      refusal('server.overloaded'),
    );
    await expect(hanging).rejects.toThrow(refusal('upstream.timed_out'));
    expect((await connection.send(call('tell', {}, { principal: 'agt_2' }))).response).toHaveProperty(
      'result',
    );
  });

  it('forwards list changes to those who listen, and hears them itself', async () => {
    let changed = 0;
    const program = { command: process.execPath, args: ['-e', serverThatTells('1')] };
    const connection = connect(program, { onToolsChanged: () => changed++ });
    const seen: JsonObject[] = [];
    const abort = new AbortController();
    const listening = connection.send(
      ask(
        'subscriptions/listen',
        { notifications: { toolsListChanged: true, promptsListChanged: true } },
        {
          signal: abort.signal,
          onMessage: (message) => seen.push(message),
        },
      ),
    );
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(1);
    await connection.send(call('change'));
    await expect.poll(() => seen.length).toBe(2);
    abort.abort(new AppError('action.aborted'));
    await expect(listening).rejects.toThrow(refusal('action.aborted'));
    const subscription = { _meta: { [metaKeys.subscriptionId]: 'r1' } };
    expect(seen).toEqual([
      {
        jsonrpc: '2.0',
        method: 'notifications/subscriptions/acknowledged',
        params: { notifications: { toolsListChanged: true }, ...subscription },
      },
      { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: subscription },
    ]);
    expect(changed).toBe(1);
  });

  it('logs what a process says on its error stream, without its secrets', async () => {
    lines.length = 0;
    const program = {
      command: process.execPath,
      args: ['-e', `console.error('key is ' + process.env.API_KEY);${serverThatTells('1')}`],
    };
    await connect(program).send(call('tell', {}, { environment: { API_KEY: 'injected-value' } }));
    await expect.poll(() => lines.join('')).toContain('key is [redacted');
    expect(lines.join('')).not.toContain('injected-value');
  });
});

/** A server in one line: `tell` answers with what the expression gives, `change` announces a change, `hang` does not answer. */
function serverThatTells(expression: string): string {
  return `const say = (m) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...m }) + '\\n');
    require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, method, params } = JSON.parse(line);
      if (id === undefined) return;
      if (method === 'initialize') say({ id, result: { protocolVersion: '2025-11-25', capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'teller', version: '1' } } });
      else if (params.name === 'tell') say({ id, result: { pid: ${expression} } });
      else if (params.name === 'change') { say({ method: 'notifications/tools/list_changed' }); say({ id, result: {} }); }
    });`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
