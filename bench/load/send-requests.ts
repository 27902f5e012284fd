import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface LoadResult {
  readonly seconds: number;
  /** Milliseconds, one for each request. */
  readonly latencies: readonly number[];
  readonly failures: number;
  /** The first answer that was not a success, for the error message. */
  readonly firstFailure: string | null;
}

interface Lane {
  readonly socket: Socket;
  pending: Buffer;
  sentAt: number;
}

const headEnd = Buffer.from('\r\n\r\n');

/**
 * Sends prepared HTTP/1.1 requests over keep-alive connections, one at a time on each, and times them. Does as little
 * as it can, so that the load weighs the same on whatever is measured. Loopback only.
 */
export function sendRequests(
  port: number,
  requests: readonly Buffer[],
  connections: number,
  certificate?: { readonly cert: string; readonly key: string },
): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const latencies: number[] = [];
    let next = 0;
    let failures = 0;
    let firstFailure: string | null = null;
    let open = 0;
    let startedAt = 0;
    const lanes: Lane[] = [];

    const sendNext = (lane: Lane): void => {
      const request = requests[next++];
      if (request === undefined) {
        lane.socket.end();
        if (latencies.length === requests.length) finish();
        return;
      }
      lane.sentAt = performance.now();
      lane.socket.write(request);
    };
    const finish = (): void => {
      const seconds = (performance.now() - startedAt) / 1000;
      for (const { socket } of lanes) socket.destroy();
      resolve({ seconds, latencies, failures, firstFailure });
    };
    const onData = (lane: Lane, chunk: Buffer): void => {
      lane.pending = lane.pending.length === 0 ? chunk : Buffer.concat([lane.pending, chunk]);
      const length = completeLength(lane.pending);
      if (length === null) return;
      latencies.push(performance.now() - lane.sentAt);
      const answer = lane.pending.subarray(0, length);
      if (!isSuccess(answer)) {
        failures++;
        firstFailure ??= answer.toString('utf8').slice(0, 1500);
      }
      lane.pending = lane.pending.subarray(length);
      sendNext(lane);
    };
    for (let i = 0; i < connections; i++) {
      const socket = openSocket(port, certificate);
      const lane: Lane = { socket, pending: Buffer.alloc(0), sentAt: 0 };
      lanes.push(lane);
      socket.on('error', reject);
      socket.on('data', (chunk) => onData(lane, chunk));
      socket.on(certificate === undefined ? 'connect' : 'secureConnect', () => {
        if (++open < connections) return;
        startedAt = performance.now();
        for (const each of lanes) sendNext(each);
      });
    }
  });
}

function openSocket(
  port: number,
  certificate: { readonly cert: string; readonly key: string } | undefined,
): Socket {
  if (certificate === undefined) return connect({ host: '127.0.0.1', port, noDelay: true });
  const { cert, key } = certificate;
  const socket = connectTls({ host: '127.0.0.1', port, cert, key, rejectUnauthorized: false });
  return socket.setNoDelay(true);
}

function completeLength(bytes: Buffer): number | null {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return null;
  const length = /content-length: *(\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1];
  if (length === undefined) throw new Error('the bench needs answers with a Content-Length');
  const total = end + headEnd.length + Number(length);
  return bytes.length >= total ? total : null;
}

function isSuccess(answer: Buffer): boolean {
  return (
    answer.subarray(9, 12).toString('latin1') === '200' &&
    !answer.includes('"isError":true') &&
    !answer.includes('"error":')
  );
}
