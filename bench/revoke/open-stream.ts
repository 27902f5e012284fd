import { connect } from 'node:net';

/** A call whose answer goes on until it is cut. */
export interface Stream {
  /** Resolves once data has come this often. */
  flowing(times: number): Promise<void>;
  /** Whether the answer still goes on. */
  isFlowing(): boolean;
  /** Once nothing more can come. */
  readonly ended: Promise<StreamEnd>;
  close(): void;
}

/** Times in `performance.now()`. */
export interface StreamEnd {
  /** The last bytes that came from the upstream. */
  readonly forwardedAt: number;
  /** The last bytes at all: the gateway's own word that the call was cut. */
  readonly endedAt: number;
}

const forwarded = Buffer.from('notifications/progress');
const chunkedEnd = Buffer.from('0\r\n\r\n');

/** Sends one prepared request on a connection of its own and notes when bytes come. Loopback only. */
export function openStream(port: number, request: Buffer): Stream {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  let count = 0;
  let endedAt = 0;
  let forwardedAt = 0;
  let isOver = false;
  let onData = (): void => {};
  const ended = new Promise<StreamEnd>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      endedAt = performance.now();
      if (chunk.includes(forwarded)) forwardedAt = endedAt;
      count++;
      onData();
      // The connection would stay open for another request, the answer is over.
      if (!chunk.subarray(-chunkedEnd.length).equals(chunkedEnd)) return;
      isOver = true;
      socket.end();
    });
    socket.on('close', () => {
      isOver = true;
      resolve({ forwardedAt, endedAt });
    });
  });
  ended.catch(() => {});
  socket.write(request);
  return {
    ended,
    flowing: (times) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (count >= times) resolve();
        };
        onData = check;
        check();
        ended.then(() => reject(new Error('the stream ended before it was cut')), reject);
      }),
    isFlowing: () => forwardedAt > 0 && !isOver,
    close: () => socket.destroy(),
  };
}
