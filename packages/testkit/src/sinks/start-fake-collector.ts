import { type Answer, type Mischief, type Received, startNaughtyServer } from '../channels/naughty-server.ts';

export interface FakeCollector {
  /** Of one path on it. */
  readonly url: string;
  readonly origin: string;
  /** What it took, oldest first. */
  readonly requests: readonly Received[];
  setMischief(mischief: Mischief): void;
  /** What it answers from now on; what is answered with an error was not taken. */
  setAnswer(answer: (received: Received) => Answer): void;
  close(): Promise<void>;
}

/** A receiver of events by HTTP POST, which behaves or not. */
export async function startFakeCollector(path = '/events'): Promise<FakeCollector> {
  const requests: Received[] = [];
  let answer: (received: Received) => Answer = () => ({ status: 200, body: {} });
  const server = await startNaughtyServer((received) => {
    const given = answer(received);
    if (given.status < 300) requests.push(received);
    return given;
  });
  return {
    url: `${server.origin}${path}`,
    origin: server.origin,
    requests,
    setMischief: server.setMischief,
    setAnswer(next) {
      answer = next;
    },
    close: server.close,
  };
}
