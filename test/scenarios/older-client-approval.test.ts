import {
  createSessionClient,
  type OpenReply,
  type SessionClient,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { requireDone } from './ground/use-scene.ts';

let gateway: TestGateway;
let upstream: Upstream;
let url: string;
beforeAll(async () => {
  upstream = await startPlainUpstream();
  // The shortest there is: such a client is answered after five seconds.
  gateway = await startGateway({ environment: { COUNTERSIGN_MCP_CALL_SECONDS: '10' } });
  url = await gateway.addUpstream('shop', { url: upstream.url });
  requireDone(await gateway.activatePolicy(ASK_BEFORE_PAY));
}, 60_000);
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
});

async function connect(capabilities: object = {}) {
  const enrolled = await gateway.enrol();
  return createSessionClient({ ...enrolled, url, capabilities });
}

let amount = PAYMENT.amount;
/** Another payment each time, as the same one has one answer. */
const payment = () => ({ name: 'pay', arguments: { ...PAYMENT, amount: ++amount } });
const paid = (args: object) =>
  upstream.journal.calls('pay').filter((call) => JSON.stringify(call.arguments) === JSON.stringify(args))
    .length;

interface Demand {
  readonly code: number;
  readonly data: {
    readonly elicitations: readonly { readonly url: string; readonly elicitationId: string }[];
  };
}

const demand = async (client: SessionClient, call: object) =>
  (await (await client.request('tools/call', { ...call })).message()) as { readonly error?: Demand };

describe('approval.older-client-opens', () => {
  it('hears which page to open, when it is decided, and then runs the call once', async () => {
    const client = await connect({ elicitation: { url: {} } });
    const stream = await client.listen();
    const call = payment();
    const { error } = await demand(client, call);
    expect(error).toMatchObject({ code: -32042, data: { elicitations: [{ mode: 'url' }] } });
    const { url: link = '', elicitationId = '' } = error?.data.elicitations[0] ?? {};
    expect(link).toBe(`${gateway.url}/approvals/${elicitationId}`);
    const again = await demand(client, call);
    expect(again.error?.data.elicitations[0]?.elicitationId).toBe(elicitationId);
    expect(paid(call.arguments)).toBe(0);
    requireDone(await gateway.administrator.decide(elicitationId, 'approve'));
    await expect
      .poll(() => stream.events.map(({ message }) => message))
      .toEqual([{ jsonrpc: '2.0', method: 'notifications/elicitation/complete', params: { elicitationId } }]);
    expect((await client.ask('tools/call', call)).result).toMatchObject({ content: [{ type: 'text' }] });
    expect(paid(call.arguments)).toBe(1);
    const spent = await demand(client, call);
    expect(spent.error?.data.elicitations[0]?.elicitationId).not.toBe(elicitationId);
    expect(paid(call.arguments)).toBe(1);
    stream.drop();
  });

  it('hears of a decision that was made while it had no stream', async () => {
    const client = await connect({ elicitation: { url: {} } });
    const { error } = await demand(client, payment());
    const { elicitationId = '' } = error?.data.elicitations[0] ?? {};
    requireDone(await gateway.administrator.decide(elicitationId, 'deny'));
    const stream = await client.listen();
    await expect.poll(() => stream.events.length).toBe(1);
    stream.drop();
  });
});

describe('approval.older-client-held', () => {
  /** The page that the client was told of. */
  const readAsked = ({ events }: OpenReply): string =>
    /\/approvals\/(apr_\w+)$/.exec(String(events[0]?.message.params?.message))?.[1] ?? '';

  it('waits on the line, is told so, and gets the result of the one call', async () => {
    const client = await connect();
    const call = payment();
    const reply = await client.request('tools/call', { ...call, _meta: { progressToken: 'p' } });
    await expect.poll(() => reply.events.length).toBe(1);
    expect(reply.events[0]?.message).toMatchObject({
      method: 'notifications/progress',
      params: {
        progressToken: 'p',
        message: expect.stringMatching(/^waiting for the approver, \d+:\d\d left \(code \d\d\): /),
      },
    });
    requireDone(await gateway.administrator.decide(readAsked(reply), 'approve'));
    expect(await reply.message()).toMatchObject({ id: 1, result: { content: [{ type: 'text' }] } });
    expect(paid(call.arguments)).toBe(1);
  });

  it('hears a refusal as it comes', async () => {
    const client = await connect();
    const call = payment();
    const reply = await client.request('tools/call', { ...call, _meta: { progressToken: 1 } });
    await expect.poll(() => reply.events.length).toBe(1);
    requireDone(await gateway.administrator.decide(readAsked(reply), 'deny'));
    expect(await reply.message()).toMatchObject({
      result: { isError: true, _meta: { 'countersign/refusal': { code: 'approval.denied' } } },
    });
    expect(paid(call.arguments)).toBe(0);
  });

  it('is answered before it gives up, in words a model can act on, and may ask again', async () => {
    const client = await connect();
    const call = payment();
    const started = Date.now();
    const reply = await client.request('tools/call', { ...call, _meta: { progressToken: 1 } });
    const { result } = (await reply.message()) as { result: { content: readonly { text: string }[] } };
    expect(Date.now() - started).toBeLessThan(9_000);
    expect(result.content[0]?.text).toContain('PENDING apr_');
    expect(result).not.toHaveProperty('resultType');
    requireDone(await gateway.administrator.decide(readAsked(reply), 'approve'));
    expect((await client.ask('tools/call', call)).result).toMatchObject({ content: [{ type: 'text' }] });
    expect(paid(call.arguments)).toBe(1);
  });

  it('is let go when it cancels', async () => {
    const client = await connect();
    const call = payment();
    const reply = await client.request('tools/call', { ...call, _meta: { progressToken: 1 } }, 'held');
    await expect.poll(() => reply.events.length).toBe(1);
    const asked = readAsked(reply);
    await client.send({
      message: { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'held' } },
    });
    expect(await reply.message()).toMatchObject({ error: { data: { code: 'action.aborted' } } });
    requireDone(await gateway.administrator.decide(asked, 'approve'));
    expect(paid(call.arguments)).toBe(0);
  });
});

describe('approval.older-client-told', () => {
  it('gets PENDING at once when it can neither open a page nor be told of progress', async () => {
    const client = await connect({ elicitation: {} });
    const { result } = await client.ask('tools/call', payment());
    expect(result).toMatchObject({
      isError: false,
      _meta: { 'countersign/approval': { approval: expect.any(String) } },
    });
  });
});
