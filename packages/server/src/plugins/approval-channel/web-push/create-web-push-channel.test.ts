import { type FakePushService, startFakePushService } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import {
  contractCard,
  contractDecided,
  makeDelivery,
  testApprovalChannel,
} from '../approval-channel.contract.ts';
import type { PushDevice } from '../push-device.ts';
import { createWebPushChannel } from './create-web-push-channel.ts';
import { readPushEndpoint } from './push-services.ts';

const key = webPush.generateVAPIDKeys();
const to = { personId: 'per_1', address: null };

function open(service: FakePushService, devices: PushDevice[], services = [service.origin]) {
  return createWebPushChannel({
    ...{ name: 'push', contact: 'mailto:security@example.test', services },
    readKey: async () => key,
    listDevices: async () => devices,
    removeDevice: async (id) => {
      devices.splice(
        devices.findIndex((device) => device.id === id),
        1,
      );
    },
  });
}
function subscribe(service: FakePushService, id = 'psh_1'): PushDevice {
  const { endpoint, keys } = service.subscribe();
  return { id, endpoint, ...keys };
}

describe('the contract', () =>
  testApprovalChannel(async () => {
    const service = await startFakePushService();
    return {
      ...{ channel: open(service, [subscribe(service)]), to, ...service },
      show: async () =>
        service.pushed.map(({ text, endpoint }) => ({
          key: JSON.parse(text).tag,
          text: `${Object.values(JSON.parse(text)).join(' ')} ${endpoint}`,
        })),
    };
  }));

describe('a push', () => {
  let service: FakePushService;
  beforeEach(async () => {
    service = await startFakePushService();
  });
  afterEach(() => service.close());

  it('holds what a lock screen may show, encrypted for the browser, and proves who sends it', async () => {
    // The library signs with the clock of this machine.
    await open(service, [subscribe(service)]).deliver(makeDelivery(to));
    const [pushed] = service.pushed;
    expect(JSON.parse(pushed?.text ?? '')).toEqual({
      tag: contractCard.id,
      title: 'refund-bot wants to spend (tier 3)',
      body: contractCard.status,
      path: '/approvals/apr_01K00000000000000000000001',
      final: false,
      urgent: true,
    });
    expect(pushed?.text).not.toContain('47');
    expect(pushed?.encryptedBytes).toBeLessThan(4096);
    expect(pushed).toMatchObject({ ttlSeconds: 600, urgency: 'high' });
    expect(pushed?.topic).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(await pushed?.verify(key.publicKey)).toMatchObject({
      aud: service.origin,
      sub: 'mailto:security@example.test',
    });
  });

  it('takes the place of the one before, on the service and on the screen', async () => {
    const channel = open(service, [subscribe(service)]);
    await channel.deliver(makeDelivery(to));
    await channel.deliver(makeDelivery(to, { card: contractDecided, id: 'crd_1.2' }));
    const [first, second] = service.pushed;
    expect(second?.topic).toBe(first?.topic);
    expect(JSON.parse(second?.text ?? '')).toMatchObject({
      tag: contractCard.id,
      final: true,
      urgent: false,
    });
  });

  it('does not ring again where it has arrived when another browser is slow', async () => {
    const other = await startFakePushService();
    try {
      const devices = [subscribe(service, 'psh_1'), subscribe(other, 'psh_2')];
      const channel = open(service, devices, [service.origin, other.origin]);
      other.setMischief('down');
      const first = await channel.deliver(makeDelivery(to));
      expect(first.outcome).toBe('failed');
      other.setMischief('none');
      const handle = 'handle' in first ? (first.handle ?? null) : null;
      expect((await channel.deliver(makeDelivery(to, { handle, isRepeat: true }))).outcome).toBe('delivered');
      expect([service.pushed.length, other.pushed.length]).toEqual([1, 1]);
    } finally {
      await other.close();
    }
  });

  it('forgets a browser that its service says is gone', async () => {
    const devices = [subscribe(service)];
    service.drop(devices[0]?.endpoint ?? '');
    const channel = open(service, devices);
    expect(await channel.deliver(makeDelivery(to))).toEqual({
      outcome: 'refused',
      why: 'no device is left',
    });
    expect(devices).toEqual([]);
    expect((await channel.deliver(makeDelivery(to))).outcome).toBe('refused');
  });
});

describe('a person with a browser that is gone', () => {
  it('is told where another is left', async () => {
    const service = await startFakePushService();
    try {
      const devices = [subscribe(service, 'psh_1'), subscribe(service, 'psh_2')];
      service.drop(devices[0]?.endpoint ?? '');
      expect((await open(service, devices).deliver(makeDelivery(to))).outcome).toBe('delivered');
      expect(devices.map(({ id }) => id)).toEqual(['psh_2']);
    } finally {
      await service.close();
    }
  });
});

describe('an endpoint', () => {
  it.each([
    'https://fcm.googleapis.com/fcm/send/abc',
    'https://updates.push.services.mozilla.com/wpush/v2/abc',
    'https://web.push.apple.com/QAbc',
    'https://wns2-par02p.notify.windows.com/w/?token=abc',
  ])('%s is of a known service', (endpoint) => {
    expect(readPushEndpoint(endpoint, [])).toMatchObject({ allowPrivate: false });
  });

  it.each([
    'http://fcm.googleapis.com/fcm/send/abc',
    'https://fcm.googleapis.com:8443/abc',
    'https://fcm.googleapis.com.evil.test/abc',
    'https://evilpush.apple.com.test/abc',
    'https://notify.windows.com/abc',
    'https://user@fcm.googleapis.com/abc',
    'https://127.0.0.1/abc',
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    `https://fcm.googleapis.com/${'a'.repeat(2_000)}`,
  ])('%s is not', (endpoint) => {
    expect(readPushEndpoint(endpoint, [])).toBeUndefined();
  });
});
