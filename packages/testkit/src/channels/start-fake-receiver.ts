import { HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { type Mischief, type Received, startNaughtyServer } from './naughty-server.ts';

export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface FakeReceiver {
  readonly url: string;
  setMischief(mischief: Mischief): void;
  readonly requests: readonly Received[];
  /** Verified by the libraries of Standard Webhooks and of CloudEvents. Throws when they refuse one. */
  readEvents(secret: string): readonly ReceivedEvent[];
  close(): Promise<void>;
}

/** A receiver of signed webhooks, as somebody else would write it. */
export async function startFakeReceiver(): Promise<FakeReceiver> {
  const requests: Received[] = [];
  const server = await startNaughtyServer((received) => {
    requests.push(received);
    return { status: 204 };
  });
  return {
    url: `${server.origin}/hooks/countersign`,
    setMischief: server.setMischief,
    requests,
    close: server.close,
    readEvents: (secret) =>
      requests.map(({ headers, body }) => {
        const text = body.toString('utf8');
        const flat = Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, String(value)]),
        );
        new Webhook(secret).verify(text, flat);
        const event = HTTP.toEvent({ headers: flat, body: text });
        if (Array.isArray(event)) throw new Error('a batch');
        const { id, type, source, subject, data } = event;
        return { id, type, source, subject, data: data as Readonly<Record<string, unknown>> };
      }),
  };
}
