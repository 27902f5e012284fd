import { startNats, type TestNats } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestListener, makeBusMessage, testSignalBus, until } from '../signal-bus.contract.ts';
import { mostMessageBytes } from '../signal-bus.ts';
import { createNatsBus } from './create-nats-bus.ts';
import { openNatsConnection } from './open-nats-connection.ts';

let server: TestNats;
let subjects = 0;
const addressOf = (subject: string) => ({
  ...{ url: server.url, subject, credentials: undefined, authority: undefined },
});
beforeAll(async () => {
  server = await startNats();
});
afterAll(() => server.remove());

describe('the bus on NATS JetStream', () => {
  testSignalBus(async () => {
    subjects += 1;
    const address = addressOf(`countersign.test.${subjects}`);
    return {
      open: (listener) => createNatsBus(address, listener),
      outage: { begin: () => server.stop(), end: () => server.start() },
      close: async () => {},
    };
  });

  it('passes over what is too large, whoever put it there', async () => {
    const address = addressOf('countersign.test.large');
    const listener = createTestListener();
    const bus = createNatsBus(address, listener);
    await until(() => listener.places.includes('joined'));
    const stranger = await openNatsConnection(address, () => {});
    stranger.publish(address.subject, new Uint8Array(mostMessageBytes + 200));
    stranger.publish(address.subject, new Uint8Array(500_000));
    await stranger.flush();
    await bus.publish(makeBusMessage('a', 1));
    await until(() => listener.texts.length > 0);
    expect(listener.texts).toEqual(['a-1']);
    await stranger.close();
    await bus.close();
  });
});
