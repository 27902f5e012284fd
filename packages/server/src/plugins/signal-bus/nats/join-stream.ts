import {
  type ConsumerMessages,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  StorageType,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { mostMessageBytes } from '../signal-bus.ts';

/** What reads the stream. */
export interface BusConsumer {
  end(): void;
}

const patienceMilliseconds = 2_000;
const keptNanoseconds = 60_000_000_000;
const keptMessages = 10_000;
/** Headers are counted, too. */
const headerBytes = 512;

/** What says that nothing will come any more, though the connection stands. */
const endings = new Set([
  'close',
  'consumer_deleted',
  'consumer_not_found',
  'heartbeats_missed',
  'no_responders',
  'ordered_consumer_recreated',
  'stream_not_found',
]);

/** Resolves when every message that is published from then on is heard. Makes the stream when there is none. */
export async function joinStream(
  connection: NatsConnection,
  subject: string,
  events: { heard(bytes: Uint8Array): void; lost(): void },
): Promise<BusConsumer> {
  const name = subject.replaceAll('.', '_');
  const manager = await jetstreamManager(connection, { timeout: patienceMilliseconds });
  await ensureStream(manager, name, subject);
  const consumer = await jetstream(connection).consumers.get(name, { deliver_policy: DeliverPolicy.New });
  const messages = await consumer.consume({
    callback: (message) => {
      // Anybody who may publish there wrote it.
      if (message.data.length <= mostMessageBytes) events.heard(message.data);
    },
    idle_heartbeat: 1_000,
    expires: 10_000,
  });
  void watch(messages, events.lost);
  return { end: () => void messages.close().catch(() => {}) };
}

async function ensureStream(manager: JetStreamManager, name: string, subject: string): Promise<void> {
  const wanted = {
    name,
    subjects: [subject],
    storage: StorageType.Memory,
    discard: DiscardPolicy.Old,
    max_age: keptNanoseconds,
    max_msgs: keptMessages,
    max_msg_size: mostMessageBytes + headerBytes,
    duplicate_window: keptNanoseconds,
  };
  // Of an operator's own making it is left as it is.
  await manager.streams.info(name).catch(() => manager.streams.add(wanted));
}

async function watch(messages: ConsumerMessages, lost: () => void): Promise<void> {
  try {
    for await (const { type } of messages.status()) if (endings.has(type)) return lost();
  } catch {
    lost();
  }
}
