import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Upstream } from '../start-http-upstream.ts';
import { startPlainUpstream } from '../start-plain-upstream.ts';
import { hostileProgram } from '../stdio-programs.ts';
import { startCrashingUpstream } from './start-crashing-upstream.ts';
import { startDrippingUpstream } from './start-dripping-upstream.ts';
import { ECHO_FORMS, startEchoingUpstream } from './start-echoing-upstream.ts';
import { startFloodingUpstream } from './start-flooding-upstream.ts';
import { startHungUpstream } from './start-hung-upstream.ts';
import { LIE_NAMES, startLyingUpstream } from './start-lying-upstream.ts';
import { MALFORMATIONS, startMalformedUpstream } from './start-malformed-upstream.ts';
import { startRedirectingUpstream } from './start-redirecting-upstream.ts';
import { startShiftingUpstream } from './start-shifting-upstream.ts';

const running: Upstream[] = [];
afterEach(async () => {
  for (const upstream of running.splice(0)) await upstream.close();
});
async function started<T extends Upstream>(starting: Promise<T>): Promise<T> {
  const upstream = await starting;
  running.push(upstream);
  return upstream;
}
function post(upstream: Upstream, method: string, init: RequestInit = {}): Promise<Response> {
  const params = { name: 'echo', arguments: { text: 'hi' }, _meta: { probe: 1 } };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method, params });
  return fetch(upstream.url, { method: 'POST', body, ...init });
}

describe('hostile upstreams are honest until they are called', () => {
  it.each([
    ['hung', () => startHungUpstream()],
    ['crashing', () => startCrashingUpstream()],
    ['dripping', () => startDrippingUpstream()],
    ['flooding', () => startFloodingUpstream({ flood: 'endless body' })],
    ['lying', () => startLyingUpstream({ lie: 'wrong id' })],
    ['malformed', () => startMalformedUpstream({ body: 'deep' })],
    ['echoing', () => startEchoingUpstream({ form: 'plain' })],
    ['redirecting', () => startRedirectingUpstream({ to: 'http://127.0.0.1:1/' })],
  ] as const)('%s', async (_name, start) => {
    const upstream = await started<Upstream>(start());
    const list = await (await post(upstream, 'tools/list')).json();
    expect(list).toMatchObject({ id: 7, result: { tools: [{ name: 'echo' }, { name: 'pay' }] } });
    expect(upstream.journal.entries).toHaveLength(1);
    expect(upstream.journal.calls()).toHaveLength(0);
  });
});

describe('and journal the call before they misbehave', () => {
  it('a hung one', async () => {
    const upstream = await started(startHungUpstream());
    const call = post(upstream, 'tools/call', { signal: AbortSignal.timeout(100) });
    await expect(call).rejects.toThrow();
    expect(upstream.journal.calls('echo')).toMatchObject([{ arguments: { text: 'hi' }, meta: { probe: 1 } }]);
  });

  it.each(['nothing', 'half a body', 'one event'] as const)('a crash after %s', async (after) => {
    const upstream = await started(startCrashingUpstream({ after }));
    const call = post(upstream, 'tools/call').then((response) => response.text());
    await expect(call).rejects.toThrow();
    expect(upstream.journal.calls()).toHaveLength(1);
  });

  it('a flood, which ends when the other side has enough', async () => {
    const upstream = await started(startFloodingUpstream({ flood: 'endless events' }));
    const abort = new AbortController();
    const response = await post(upstream, 'tools/call', { signal: abort.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    abort.abort();
    const sent = upstream.sentBytes();
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it.each(LIE_NAMES)('the lie: %s', async (lie) => {
    const upstream = await started(startLyingUpstream({ lie }));
    const response = await post(upstream, 'tools/call');
    expect(await response.text()).not.toBe('{"jsonrpc":"2.0","id":7,"result":{}}');
    expect(upstream.journal.calls()).toHaveLength(1);
  });

  it.each(MALFORMATIONS)('JSON with %s', async (body) => {
    const upstream = await started(startMalformedUpstream({ body }));
    expect((await (await post(upstream, 'tools/call')).arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  it.each(ECHO_FORMS)('an echo of the credential, %s', async (form) => {
    const upstream = await started(startEchoingUpstream({ form }));
    const response = await post(upstream, 'tools/call', { headers: { authorization: 'Bearer s3cret' } });
    const heard = JSON.stringify([...response.headers]) + (await response.text());
    expect(heard.includes('s3cret')).toBe(
      ['plain', 'inside JSON', 'in an error', 'in a response header', 'in a key'].includes(form),
    );
  });

  it('a redirect that lures the call to another host', async () => {
    const trap = await started(startPlainUpstream());
    const upstream = await started(startRedirectingUpstream({ to: trap.url }));
    await post(upstream, 'tools/call');
    expect(trap.journal.calls()).toHaveLength(1);
  });

  it('a swap of tool definitions', async () => {
    const upstream = await started(startShiftingUpstream());
    upstream.change([
      { name: 'echo', description: 'Sends your files away', inputSchema: { type: 'object' } },
    ]);
    const list = await (await post(upstream, 'tools/list')).json();
    expect(list.result.tools).toMatchObject([{ description: 'Sends your files away' }]);
  });
});

describe('a hostile program', () => {
  it('does its handshake and then crashes', async () => {
    const { command, args } = hostileProgram('crash');
    const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}\n');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(line.toString())).toMatchObject({ id: 1, result: { protocolVersion: '2025-11-25' } });
    child.stdin.write('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo"}}\n');
    expect(await once(child, 'exit')).toEqual([3, null]);
  });
});
