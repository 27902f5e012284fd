import type { JsonObject } from '@countersign/core';
import { everythingProgram } from '@countersign/testkit';
import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { connectStdio } from './connect-stdio.ts';
import { metaKeys } from './json-rpc.ts';
import type { ClientSession, UpstreamConnection } from './live-upstream.ts';

const open: UpstreamConnection[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
});

function connect(idleMilliseconds = 60_000) {
  const { command, args } = everythingProgram();
  const connection = connectStdio({
    settings: { command, args },
    log: pino({ level: 'silent' }),
    now: Date.now,
    onToolsChanged: () => {},
    idleMilliseconds,
  });
  open.push(connection);
  return connection;
}

function makeSession(capabilities: JsonObject = { sampling: {} }) {
  const [ended, call] = [new AbortController(), new AbortController()];
  const session: ClientSession = { id: 's1', capabilities, ended: ended.signal, call: call.signal };
  return { ended, call, session };
}

function send(connection: UpstreamConnection, session: ClientSession | undefined, extra: JsonObject = {}) {
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'test_sampling', arguments: { prompt: 'hi' }, ...extra },
  };
  return connection.send({
    message,
    headers: {},
    environment: {},
    secretKey: '',
    principal: 'agt_1',
    ...(session && { session }),
    signal: new AbortController().signal,
    timeoutMilliseconds: 10_000,
    maxBytes: 1_000_000,
    onMessage: () => {},
  });
}

interface Asked {
  readonly resultType: string;
  readonly inputRequests: { readonly [key: string]: { readonly method: string } };
  readonly requestState: string;
}
async function ask(connection: UpstreamConnection, session: ClientSession): Promise<Asked> {
  const { response } = await send(connection, session);
  return (response as unknown as { result: Asked }).result;
}

describe('converseLegacy', () => {
  it('gives what the process asks as a demand for input, and its answer in the next round', async () => {
    const connection = connect();
    const { session } = makeSession();
    const asked = await ask(connection, session);
    expect(asked.resultType).toBe('input_required');
    const [[key = '', question] = []] = Object.entries(asked.inputRequests);
    expect(question?.method).toBe('sampling/createMessage');
    const content = { type: 'text', text: 'hello' };
    const { requestState } = asked;
    const inputResponses = { [key]: { role: 'assistant', model: 'm', content } };
    const { response } = await send(connection, session, { requestState, inputResponses });
    expect(JSON.stringify(response)).toContain('hello');
    expect(response).toMatchObject({ id: 1, result: { resultType: 'complete' } });
    // What waits no more cannot be gone on with, and what never waited neither.
    await expect(send(connection, session, { requestState, inputResponses })).rejects.toMatchObject({
      code: 'approval.state_invalid',
    });
  });

  it('tells the process when there is no answer', async () => {
    const connection = connect();
    const { session } = makeSession();
    const { requestState } = await ask(connection, session);
    const { response } = await send(connection, session, { requestState, inputResponses: {} });
    expect(response).toMatchObject({ result: { isError: true } });
  });

  it('asks nothing of clients that have no session, or did not say that they can be asked', async () => {
    const connection = connect();
    for (const session of [undefined, makeSession({ roots: {}, tasks: {} }).session]) {
      const { response } = await send(connection, session);
      expect(JSON.stringify(response)).not.toContain('input_required');
    }
  });

  it('ends a call that waits with its client, and the process with the session', async () => {
    const connection = connect();
    const { session, call, ended } = makeSession();
    const { requestState } = await ask(connection, session);
    call.abort(new Error('cancelled'));
    await expect(send(connection, session, { requestState })).rejects.toThrow('cancelled');
    const next = { ...session, call: new AbortController().signal };
    const again = await ask(connection, next);
    ended.abort(new Error('over'));
    await expect(send(connection, next, { requestState: again.requestState })).rejects.toBeDefined();
  });

  it('keeps the process while the client takes its time', async () => {
    const connection = connect(50);
    const { session } = makeSession();
    const { requestState } = await ask(connection, session);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { response } = await send(connection, session, { requestState, inputResponses: {} });
    expect(response).toMatchObject({ result: { isError: true } });
  });

  it('is a process of its own for each session of one agent', async () => {
    const connection = connect();
    const [one, other] = [makeSession(), makeSession()];
    const { requestState } = await ask(connection, one.session);
    const session = { ...other.session, id: 's2' };
    await expect(send(connection, session, { requestState })).rejects.toMatchObject({
      code: 'approval.state_invalid',
    });
    expect((await ask(connection, session)).requestState).toBe(requestState);
  });

  it('sets the log level of the process for the session that has it', async () => {
    const connection = connect();
    const { session } = makeSession();
    const _meta = { [metaKeys.logLevel]: 'debug' };
    const { response } = await send(connection, session, {
      name: 'greet',
      arguments: { name: 'Ada' },
      _meta,
    });
    expect(JSON.stringify(response)).toContain('Ada');
  });
});
