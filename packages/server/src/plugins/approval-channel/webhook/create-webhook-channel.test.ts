import { type FakeReceiver, startFakeReceiver } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contractDecided, makeDelivery, testApprovalChannel } from '../approval-channel.contract.ts';
import { createWebhookChannel, type WebhookParts } from './create-webhook-channel.ts';
import { readWebhookKey, signWebhook } from './sign-webhook.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const older = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

const open = (receiver: FakeReceiver, over: Partial<WebhookParts> = {}) =>
  createWebhookChannel({
    ...{ name: 'webhook', url: receiver.url, allowPrivate: true, source: 'http://localhost:1234' },
    readSecrets: async () => [secret],
    ...over,
  });
/** The receiver's library looks at its own clock. */
const now = () => ({ at: Date.now() });

describe('the contract', () =>
  testApprovalChannel(async () => {
    const receiver = await startFakeReceiver();
    return {
      channel: open(receiver),
      to: null,
      setMischief: receiver.setMischief,
      close: receiver.close,
      show: async () =>
        receiver.requests.map(({ body }) => {
          const text = body.toString('utf8');
          return { key: JSON.parse(text).data.card, text };
        }),
    };
  }));

describe('a signed webhook', () => {
  let receiver: FakeReceiver;
  beforeEach(async () => {
    receiver = await startFakeReceiver();
  });
  afterEach(() => receiver.close());

  it('is what the libraries of Standard Webhooks and CloudEvents take', async () => {
    await open(receiver).deliver(makeDelivery(null, now()));
    await open(receiver).deliver(makeDelivery(null, { ...now(), id: 'crd_2.2', card: contractDecided }));
    const [first, second] = receiver.readEvents(secret);
    expect(first).toMatchObject({
      id: 'crd_01K00000000000000000000001.1',
      type: 'countersign.approval.asked',
      source: 'http://localhost:1234',
      subject: 'apr_01K00000000000000000000001',
    });
    expect(second?.data).toMatchObject({ state: 'approved', final: true, status: 'Approved by Dana Okoye' });
    expect(() => receiver.readEvents(older)).toThrow();
  });

  it('is verified with the old key or the new one while the key is changed', async () => {
    const channel = open(receiver, { readSecrets: async () => [secret, older] });
    await channel.deliver(makeDelivery(null, now()));
    expect(receiver.readEvents(secret)).toHaveLength(1);
    expect(receiver.readEvents(older)).toHaveLength(1);
  });

  it('goes unsigned nowhere', async () => {
    for (const bad of ['', 'whsec_', 'whsec_c2hvcnQ=', 'plain', `whsec_${'*'.repeat(40)}`]) {
      const channel = open(receiver, { readSecrets: async () => [bad] });
      expect(await channel.deliver(makeDelivery(null))).toMatchObject({ outcome: 'failed' });
    }
    expect(receiver.requests).toHaveLength(0);
  });

  it('goes to no private address unless the configuration says so, whatever its name turned into', async () => {
    const channel = open(receiver, {
      url: 'https://hooks.example.test/',
      allowPrivate: false,
      lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    expect(await channel.deliver(makeDelivery(null))).toEqual({
      outcome: 'refused',
      why: 'upstream.address_refused',
    });
    expect(() => open(receiver, { allowPrivate: false })).toThrow(
      expect.objectContaining({ code: 'upstream.address_refused' }),
    );
  });

  it('waits as long as it is told to, within an hour', async () => {
    receiver.setMischief('busy');
    const outcome = await open(receiver).deliver(makeDelivery(null));
    expect(outcome).toMatchObject({ outcome: 'failed', retryAfterMilliseconds: 30_000 });
  });

  it('is signed as the specification computes it', () => {
    // The vector of the specification's own reference implementations.
    const key = readWebhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    if (key === undefined) throw new Error('no key');
    const signed = signWebhook(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_000, body: '{"test": 2432232314}' },
      [key],
    );
    expect(signed['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});
