import { AppError, type ErrorCode } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import {
  answerPlainly,
  LIE_NAMES,
  type Lie,
  MALFORMATIONS,
  startCrashingUpstream,
  startDrippingUpstream,
  startFloodingUpstream,
  startHttpUpstream,
  startHungUpstream,
  startLyingUpstream,
  startMalformedUpstream,
  startPlainUpstream,
  startRedirectingUpstream,
  type Upstream,
} from '@countersign/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { connectHttp } from './connect-http.ts';
import { metaKeys, modernRevision } from './json-rpc.ts';
import type { UpstreamConnection, UpstreamRequest } from './live-upstream.ts';

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

function connect(url: string, rest: Partial<Parameters<typeof connectHttp>[0]> = {}): UpstreamConnection {
  const connection = connectHttp({
    settings: { url, allowPrivate: true },
    now: Date.now,
    parametersOf: () => [],
    onToolsChanged: () => {},
    ...rest,
  });
  opened.push(connection);
  return connection;
}

async function open<T extends Upstream>(starting: Promise<T>): Promise<T> {
  const upstream = await starting;
  opened.push(upstream);
  return upstream;
}

function call(rest: Partial<UpstreamRequest> = {}, args: JsonObject = { text: 'hi' }): UpstreamRequest {
  const _meta = { [metaKeys.protocolVersion]: modernRevision, [metaKeys.clientCapabilities]: {} };
  return {
    message: {
      jsonrpc: '2.0',
      id: 7,
      method: 'tools/call',
      params: { _meta, name: 'echo', arguments: args },
    },
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

const refusal = (code: ErrorCode) => expect.objectContaining({ code });

describe('connectHttp', { timeout: 30_000 }, () => {
  it('sends exactly one message with its headers and returns the reply with its text', async () => {
    const upstream = await open(startPlainUpstream());
    const parametersOf = () => [{ path: ['text'], header: 'Text' }];
    const connection = connect(upstream.url, { parametersOf });
    const { response, raw } = await connection.send(
      call({ headers: { authorization: 'Bearer k' } }, { text: ' ü' }),
    );
    expect(response).toMatchObject({ id: 7, result: { resultType: 'complete' } });
    expect(JSON.parse(raw ?? '')).toEqual(response);
    expect(upstream.journal.entries).toHaveLength(1);
    expect(upstream.journal.entries[0]?.headers).toMatchObject({
      authorization: 'Bearer k',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      'mcp-param-text': `=?base64?${Buffer.from(' ü').toString('base64')}?=`,
    });
  });

  it('is content with the acceptance of a notification', async () => {
    const upstream = await open(startPlainUpstream());
    const message = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    expect(await connect(upstream.url).send(call({ message }))).toEqual({ response: null, raw: null });
  });

  it('delivers interim messages in order, then the reply, and hears that tools changed', async () => {
    const events = ['notifications/progress', 'notifications/tools/list_changed'].map((method) => ({
      jsonrpc: '2.0',
      method,
    }));
    const upstream = await open(
      startHttpUpstream((_, response, message) => {
        response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
        const reply = { jsonrpc: '2.0', id: message?.id, result: { resultType: 'complete' } };
        for (const one of [...events, reply]) response.write(`id: 1\ndata: ${JSON.stringify(one)}\n\n`);
        response.end();
      }),
    );
    const seen: unknown[] = [];
    let changed = 0;
    const connection = connect(upstream.url, { onToolsChanged: () => changed++ });
    const reply = await connection.send(call({ onMessage: (message) => seen.push(message) }));
    expect(seen).toEqual(events);
    expect(changed).toBe(1);
    expect(reply).toMatchObject({ response: { id: 7 }, raw: null });
  });

  it('passes a JSON-RPC error on, whatever its status, under the id of the request', async () => {
    const upstream = await open(startPlainUpstream());
    const message = { jsonrpc: '2.0', id: 'x', method: 'no/such' };
    expect(await connect(upstream.url).send(call({ message }))).toEqual({
      response: { jsonrpc: '2.0', id: 'x', error: { code: -32_601, message: 'no such method' } },
      raw: null,
    });
  });

  it('says that its credential was refused, and none of what the upstream said about it', async () => {
    const upstream = await open(startPlainUpstream({ requireHeader: { name: 'x-key', value: 'k' } }));
    await expect(connect(upstream.url).send(call())).rejects.toThrow(refusal('upstream.credential_refused'));
  });

  const lies: Record<Lie, ErrorCode | undefined> = {
    ...(Object.fromEntries(LIE_NAMES.map((lie) => [lie, 'upstream.lied'])) as Record<Lie, ErrorCode>),
    // What is said in `_meta` is no lie of the protocol; nothing here believes it.
    'a made-up approval': undefined,
  };
  it.each(Object.entries(lies))('with a lie: %s -> %s', async (lie, code) => {
    const upstream = await open(startLyingUpstream({ lie: lie as Lie }));
    const sent = connect(upstream.url).send(call());
    if (code === undefined) expect(await sent).toMatchObject({ response: { id: 7 } });
    else await expect(sent).rejects.toThrow(refusal(code));
  });

  it.each(MALFORMATIONS)('refuses a body that is %s', async (body) => {
    const upstream = await open(startMalformedUpstream({ body }));
    await expect(connect(upstream.url).send(call())).rejects.toThrow(refusal('upstream.lied'));
  });

  it.each(['nothing', 'half a body', 'one event'] as const)(
    'fails when it crashes after %s, without a retry',
    async (after) => {
      const upstream = await open(startCrashingUpstream({ after }));
      await expect(connect(upstream.url).send(call())).rejects.toThrow(
        after === 'half a body'
          ? expect.objectContaining({ code: expect.stringMatching(/^upstream\./) })
          : refusal('upstream.failed'),
      );
      expect(upstream.journal.calls()).toHaveLength(1);
    },
  );

  it.each(['nothing', 'headers'] as const)('gives up on one that hangs after %s', async (after) => {
    const upstream = await open(startHungUpstream({ after }));
    const sent = connect(upstream.url).send(call({ timeoutMilliseconds: 200 }));
    await expect(sent).rejects.toThrow(refusal('upstream.timed_out'));
  });

  it.each(['body', 'comments'] as const)('gives up on one that drips %s', async (what) => {
    const upstream = await open(startDrippingUpstream({ what, intervalMilliseconds: 20 }));
    const sent = connect(upstream.url).send(call({ timeoutMilliseconds: 300 }));
    await expect(sent).rejects.toThrow(refusal('upstream.timed_out'));
  });

  it.each(['endless events', 'endless body', 'endless line', 'huge headers'] as const)(
    'cuts a flood: %s',
    async (flood) => {
      const upstream = await open(startFloodingUpstream({ flood }));
      await expect(connect(upstream.url).send(call())).rejects.toThrow(refusal('upstream.result_too_large'));
      expect(upstream.sentBytes()).toBeLessThan(16_000_000);
    },
  );

  it('never follows a redirect', async () => {
    const target = await open(startPlainUpstream());
    const upstream = await open(startRedirectingUpstream({ to: target.url }));
    const sent = connect(upstream.url).send(call({ headers: { authorization: 'Bearer k' } }));
    await expect(sent).rejects.toThrow(refusal('upstream.redirect_refused'));
    expect(target.journal.entries).toHaveLength(0);
  });

  it('cuts the stream when its signal aborts, with the reason given', async () => {
    let closed: () => void = () => {};
    const hungUp = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const upstream = await open(
      startHttpUpstream((request, response) => {
        request.socket.on('close', closed);
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      }),
    );
    const abort = new AbortController();
    const sent = connect(upstream.url).send(call({ signal: abort.signal }));
    const stopped = new AppError('signal.stopped');
    setTimeout(() => abort.abort(stopped), 100);
    await expect(sent).rejects.toBe(stopped);
    await hungUp;
  });

  it('answers calls however many streams are open', async () => {
    const honest = answerPlainly({});
    let listening = 0;
    const upstream = await open(
      startHttpUpstream((request, response, message) => {
        if (message?.method !== 'subscriptions/listen') return honest(request, response, message);
        listening++;
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      }),
    );
    const connection = connect(upstream.url);
    const leave = new AbortController();
    const message = { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: {} };
    const streams = Array.from({ length: 200 }, () =>
      connection.send(call({ message, signal: leave.signal })),
    );
    await expect.poll(() => listening, { timeout: 10_000 }).toBe(200);
    expect((await connection.send(call())).response).toHaveProperty('result');
    leave.abort(new AppError('action.aborted'));
    expect((await Promise.allSettled(streams)).every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('sends nothing for a signal that has aborted already', async () => {
    const upstream = await open(startPlainUpstream());
    const reason = new AppError('signal.stopped');
    const sent = connect(upstream.url).send(call({ signal: AbortSignal.abort(reason) }));
    await expect(sent).rejects.toBe(reason);
    expect(upstream.journal.entries).toHaveLength(0);
  });

  it('keeps the address guard on every connection, whatever a name resolves to', async () => {
    const upstream = await open(startPlainUpstream());
    const { port } = new URL(upstream.url);
    const lookup =
      (address: string) =>
      (_: string, __: object, done: (error: null, found: { address: string; family: number }[]) => void) =>
        done(null, [
          { address: '127.0.0.1', family: 4 },
          { address, family: address.includes(':') ? 6 : 4 },
        ]);
    for (const address of ['169.254.169.254', 'fe80::1', '0.0.0.0', '8.8.8.8']) {
      const settings = { url: `http://rebinding.example:${port}/mcp`, allowPrivate: true };
      await expect(connect('', { settings, lookup: lookup(address) }).send(call())).rejects.toThrow(
        refusal('upstream.address_refused'),
      );
    }
    const settings = { url: `https://rebinding.example:${port}/mcp` };
    await expect(connect('', { settings, lookup: lookup('127.0.0.1') }).send(call())).rejects.toThrow(
      refusal('upstream.address_refused'),
    );
    expect(upstream.journal.entries).toHaveLength(0);
    const reached = connect('', {
      settings: { url: `http://name.example:${port}/mcp`, allowPrivate: true },
      lookup: lookup('127.0.0.1'),
    });
    expect(await reached.send(call())).toMatchObject({ response: { id: 7 } });
  });
});
