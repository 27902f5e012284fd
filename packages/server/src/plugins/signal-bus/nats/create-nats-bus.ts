import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { refusePublishing, requireSmall } from '../refuse-publishing.ts';
import type { BusListener, SignalBus } from '../signal-bus.ts';
import { type BusConsumer, joinStream } from './join-stream.ts';
import type { NatsAddress } from './nats-address.ts';
import { openNatsConnection } from './open-nats-connection.ts';

const pauseMilliseconds = 250;
const patienceMilliseconds = 2_000;

/** One subject of one stream, which JetStream keeps in memory for a minute: what it has acknowledged everybody hears. */
export function createNatsBus(address: NatsAddress, listener: BusListener): SignalBus {
  let connection: NatsConnection | undefined;
  let consumer: BusConsumer | undefined;
  let isClosed = false;
  let pause: NodeJS.Timeout | undefined;

  const lose = (): void => {
    if (connection === undefined) return;
    const [lost, left] = [connection, consumer];
    [connection, consumer] = [undefined, undefined];
    if (left !== undefined) {
      left.end();
      listener.left();
    }
    lost.close().catch(() => {});
    joinLater();
  };
  const joinLater = (): void => {
    if (isClosed) return;
    pause = setTimeout(() => void join(), pauseMilliseconds);
    pause.unref();
  };
  const join = async (): Promise<void> => {
    let opened: NatsConnection | undefined;
    try {
      opened = await openNatsConnection(address, () => connection === opened && lose());
      if (isClosed) return void opened.close().catch(() => {});
      connection = opened;
      const joined = await joinStream(opened, address.subject, {
        heard: (bytes) => connection === opened && listener.heard(bytes),
        lost: () => connection === opened && lose(),
      });
      if (connection !== opened) return joined.end();
      consumer = joined;
      listener.joined();
    } catch {
      if (opened !== undefined && connection === opened) lose();
      else if (connection === undefined) joinLater();
    }
  };
  void join();

  return {
    kind: 'nats',
    async publish(message) {
      requireSmall(message);
      const current = connection;
      if (current === undefined || consumer === undefined) throw refusePublishing();
      try {
        const { publisher, sequence, bytes } = message;
        await jetstream(current).publish(address.subject, bytes, {
          msgID: `${publisher}-${sequence}`,
          timeout: patienceMilliseconds,
          retries: 0,
        });
      } catch (cause) {
        if (connection === current) lose();
        throw refusePublishing(cause);
      }
    },
    async close() {
      isClosed = true;
      clearTimeout(pause);
      const open = connection;
      consumer?.end();
      [connection, consumer] = [undefined, undefined];
      await open?.close().catch(() => {});
    },
  };
}
