import type { ClientConfig } from 'pg';
import { refusePublishing, requireSmall } from '../refuse-publishing.ts';
import type { BusListener, SignalBus } from '../signal-bus.ts';
import { type BusSession, openBusSession } from './open-bus-session.ts';

const pauseMilliseconds = 250;

/**
 * Messages are rows; NOTIFY only says that there are new ones, so that one which comes late, or not at all, loses
 * nothing: the next one brings the rows before it, too.
 */
export function createPostgresBus(database: ClientConfig, listener: BusListener): SignalBus {
  let session: BusSession | undefined;
  let isClosed = false;
  let pause: NodeJS.Timeout | undefined;

  const lose = (lost: BusSession): void => {
    lost.end();
    if (session !== lost) return;
    session = undefined;
    listener.left();
    joinLater();
  };
  const joinLater = (): void => {
    if (isClosed) return;
    pause = setTimeout(() => void join(), pauseMilliseconds);
    pause.unref();
  };
  const join = async (): Promise<void> => {
    try {
      const opened = await openBusSession(database, {
        heard: (bytes) => {
          if (session === opened) listener.heard(bytes);
        },
        lost: () => lose(opened),
      });
      if (isClosed) return opened.end();
      session = opened;
      listener.joined();
      opened.follow();
    } catch {
      joinLater();
    }
  };
  void join();

  return {
    kind: 'postgres',
    async publish(message) {
      requireSmall(message);
      const current = session;
      if (current === undefined) throw refusePublishing();
      try {
        await current.write(message);
      } catch (cause) {
        // After a time-out nobody knows what the connection will answer next.
        lose(current);
        throw refusePublishing(cause);
      }
    },
    async close() {
      isClosed = true;
      clearTimeout(pause);
      session?.end();
      session = undefined;
    },
  };
}
