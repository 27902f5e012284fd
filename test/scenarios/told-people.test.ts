import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FakeMailbox,
  type FakePushService,
  type FakeReceiver,
  type FakeSlack,
  startFakeMailbox,
  startFakePushService,
  startFakeReceiver,
  startFakeSlack,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  type TestPerson,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { eventually } from '../browser/ground/eventually.ts';
import { createCaller } from './ground/create-caller.ts';
import { requireDone } from './ground/use-scene.ts';

const SIGNING = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

describe('people who are told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-told-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  let receiver: FakeReceiver;
  let slack: FakeSlack;
  let mailbox: FakeMailbox;
  let push: FakePushService;
  let upstream: Upstream;
  let gateway: TestGateway;
  let dana: TestPerson;
  let url: string;

  beforeAll(async () => {
    [receiver, slack, mailbox, push, upstream] = await Promise.all([
      ...([startFakeReceiver(), startFakeSlack(), startFakeMailbox(), startFakePushService()] as const),
      startPlainUpstream(),
    ]);
    for (const one of [receiver, slack, mailbox, push, upstream]) ends.push(() => one.close());
    const [tokenFile, secretFile] = [join(folder, 'slack'), join(folder, 'signing')];
    writeFileSync(tokenFile, slack.token);
    writeFileSync(secretFile, `${SIGNING}\n`);
    const channels = [
      { kind: 'web-push', contact: 'mailto:security@example.test', services: [push.origin] },
      { kind: 'mail', host: 'localhost', port: mailbox.port, security: 'none', from: 'cs@example.test' },
      { kind: 'slack', channel: 'C024BE91L', tokenFile, apiUrl: slack.apiUrl },
      { kind: 'webhook', url: receiver.url, secretFile, allowPrivate: true },
    ];
    const configFile = join(folder, 'countersign.yaml');
    writeFileSync(configFile, JSON.stringify({ approvals: { channels } }));
    gateway = await startGateway({ configFile });
    ends.push(() => gateway.stop());
    url = await gateway.addUpstream('shop', { url: upstream.url });
    requireDone(await gateway.activatePolicy(ASK_BEFORE_PAY));
    dana = await gateway.invite('Dana Okoye', ['approver']);
  }, 120_000);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  const ask = async () => readAsked(await createCaller(await gateway.enrol(), url).call('pay', PAYMENT));
  const channelsOf = (person: TestPerson) => `/v1/people/${person.id}/channels`;

  it('channels.proven-address: sends nothing to an address before its code came back', async () => {
    const named = await dana.request('PUT', `${channelsOf(dana)}/mail`, { address: 'dana@example.test' });
    expect(requireDone(named)).toMatchObject({
      channels: expect.arrayContaining([expect.objectContaining({ name: 'mail', reachable: false })]),
    });
    const again = await dana.request('PUT', `${channelsOf(dana)}/mail`, { address: 'other@example.test' });
    expect(again.json).toMatchObject({ code: 'server.rate_limited' });
    const code = /(?<code>\d{6}) is your code/.exec(mailbox.mails[0]?.headers.get('subject')?.[0] ?? '')
      ?.groups?.code;
    const proof = `${channelsOf(dana)}/mail/proof`;
    const wrong = code === '000000' ? '000001' : '000000';
    expect((await dana.request('POST', proof, { code: wrong })).json).toMatchObject({
      code: 'approval.code_refused',
    });
    const proven = requireDone(await dana.request('POST', proof, { code: code ?? '' }));
    expect(proven).toMatchObject({
      channels: expect.arrayContaining([expect.objectContaining({ name: 'mail', reachable: true })]),
    });
    expect((await dana.request('POST', proof, { code: code ?? '' })).json).toMatchObject({
      code: 'approval.code_refused',
    });
    const bad = await dana.request('PUT', `${channelsOf(dana)}/mail`, { address: 'a@b.test,c@d.test' });
    expect(bad.json).toMatchObject({ code: 'approval.address_refused' });
  });

  it('channels.own-alone: lets nobody say where another is told', async () => {
    const eve = await gateway.invite('Eve', ['approver']);
    for (const [method, path, body] of [
      ['GET', channelsOf(dana), undefined],
      ['PUT', `${channelsOf(dana)}/mail`, { address: 'eve@example.test' }],
      ['POST', `${channelsOf(dana)}/mail/proof`, { code: '123456' }],
      ['POST', '/v1/approvals/channels/slack/test', {}],
      ['POST', '/v1/approvals/channels/mail/test', { personId: dana.id }],
    ] as const) {
      const refused = await eve.request(method, path, body);
      expect(refused.json).toMatchObject({ code: 'person.forbidden' });
    }
  });

  it('channels.known-push: writes to browsers of known push services alone', async () => {
    const { endpoint, keys } = push.subscribe();
    const device = 'Phone';
    for (const bad of ['https://evil.test/push', 'http://169.254.169.254/', `${push.origin}.evil.test/`]) {
      const refused = await dana.request('POST', '/v1/approvals/devices', { endpoint: bad, keys, device });
      expect(refused.json).toMatchObject({ code: 'approval.device_refused' });
    }
    const off = { ...keys, p256dh: `B${'A'.repeat(86)}` };
    expect(
      (await dana.request('POST', '/v1/approvals/devices', { endpoint, keys: off, device })).json,
    ).toMatchObject({ code: 'approval.device_refused' });
    const added = await dana.request('POST', '/v1/approvals/devices', { endpoint, keys, device });
    expect(added.status).toBe(201);
    expect(added.body).not.toContain(endpoint);
    requireDone(await dana.request('POST', '/v1/approvals/channels/push/test', {}));
    const [tested] = push.pushed;
    const { key } = requireDone<{ key: string }>(await dana.request('GET', '/v1/approvals/devices'));
    expect(await tested?.verify(key)).toMatchObject({ sub: 'mailto:security@example.test' });
  });

  it('channels.final-state: every copy shows the final state and who decided, and none a value of the action', async () => {
    const approval = await ask();
    await eventually(() => [slack.messages.length, receiver.requests.length, push.pushed.length]).toEqual([
      1, 1, 2,
    ]);
    await eventually(() => mailbox.mails.length).toBe(2);
    requireDone(await dana.decide(approval, 'approve'));
    const said = 'Approved by Dana Okoye';
    await eventually(() => slack.messages[0]?.text ?? '').toContain(said);
    await eventually(() => JSON.stringify(receiver.readEvents(SIGNING).at(-1))).toContain(said);
    await eventually(() => push.pushed.at(-1)?.text ?? '').toContain(said);
    await eventually(() => mailbox.mails.at(-1)?.raw ?? '').toContain(said);
    expect(slack.messages).toHaveLength(1);
    expect(mailbox.mails.at(-1)?.headers.get('references')).toEqual(
      mailbox.mails.at(-2)?.headers.get('message-id'),
    );
    const inbox = await dana.request('GET', '/v1/approvals/notices');
    expect(requireDone<{ items: object[] }>(inbox).items[0]).toMatchObject({
      state: 'approved',
      status: said,
    });
    const everything = JSON.stringify([
      slack.messages,
      receiver.requests,
      push.pushed,
      mailbox.mails,
      inbox.body,
    ]);
    for (const value of [PAYMENT.to, String(PAYMENT.amount), slack.token, SIGNING])
      expect(everything).not.toContain(value);
  });

  it('channels.slow: a channel that hangs or fails holds up no other, and is brought to the end later', async () => {
    slack.setMischief('hanging');
    receiver.setMischief('down');
    const before = push.pushed.length;
    const approval = await ask();
    await eventually(() => push.pushed.length).toBe(before + 1);
    requireDone(await dana.decide(approval, 'deny'));
    await eventually(() => push.pushed.at(-1)?.text ?? '').toContain('Denied by Dana Okoye');
    slack.setMischief('none');
    receiver.setMischief('none');
    gateway.advance(30_000);
    await eventually(() => slack.messages.at(-1)?.text ?? '').toContain('Denied by Dana Okoye');
    gateway.advance(30_000);
    await eventually(() => {
      const last = JSON.parse(receiver.requests.at(-1)?.body.toString('utf8') ?? '{}');
      return last.data?.state;
    }).toBe('denied');
    expect(slack.messages.filter(({ text }) => text.includes('Waiting'))).toEqual([]);
  });

  it('channels.restart: nothing is lost when the server stops between the request and its card', async () => {
    slack.setMischief('down');
    const approval = await ask();
    await gateway.restart();
    slack.setMischief('none');
    gateway.advance(60_000);
    await eventually(() => slack.messages.at(-1)?.text ?? '').toContain('Waiting');
    requireDone(await dana.decide(approval, 'deny'));
    await gateway.restart();
    await eventually(() => slack.messages.at(-1)?.text ?? '').toContain('Denied by Dana Okoye');
  });

  it('channels.never-decide: nothing that a channel sends back decides anything', async () => {
    const approval = await ask();
    for (const path of ['approve', 'deny', 'challenge']) {
      const response = await fetch(`${gateway.url}/v1/approvals/${approval}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${slack.token}` },
        body: JSON.stringify({ payload: { type: 'block_actions', actions: [{ action_id: 'open' }] } }),
      });
      expect(response.status).toBeGreaterThanOrEqual(400);
    }
    const shown = await dana.request('GET', `/v1/approvals/${approval}`);
    expect(shown.json).toMatchObject({ state: 'requested' });
  });
});
