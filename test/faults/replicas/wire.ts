import type { AddressInfo } from 'node:net';
import { createServer, connect as dial, type Socket } from 'node:net';
import type { Transform } from 'node:stream';

/** A wire from one gateway to what it needs: it follows its target, goes silent, or breaks. */
export interface Wire {
  readonly port: number;
  /** Where new connections lead from now on. */
  lead(port: number): void;
  /** Nothing gets through in either direction, and nobody is told: what a cut cable looks like. */
  silence(): void;
  /** Answers are lost, while questions still arrive. */
  loseAnswers(): void;
  /**
   * Everything gets through again. What was held back comes late, as it does when a cable is put back; with `reset` the
   * connections of before are gone, as when an address has moved meanwhile.
   */
  restore(how: 'late' | 'reset'): void;
  /** Breaks every connection and takes no new ones until `restore`. */
  refuse(): void;
  close(): Promise<void>;
}

export interface WireOptions {
  readonly port: number;
  /** What is done to everything a gateway says, for each connection. */
  readonly disturb?: () => Transform;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** On loopback alone. */
export async function layWire(options: WireOptions): Promise<Wire> {
  let target = options.port;
  let state: 'open' | 'silent' | 'refusing' = 'open';
  let areAnswersLost = false;
  const pairs = new Set<Pair>();
  /** Came while nothing got through: they wait for an answer, as behind a cut cable. */
  const waiting = new Set<Socket>();
  const join = (near: Socket): void => {
    const far = dial({ port: target, host: '127.0.0.1', noDelay: true });
    const pair: Pair = { near, far };
    pairs.add(pair);
    const disturbed = options.disturb?.();
    if (disturbed === undefined) near.on('data', (chunk) => far.write(chunk));
    else near.pipe(disturbed.on('error', () => near.destroy())).pipe(far);
    far.on('data', (chunk) => areAnswersLost || near.write(chunk));
    far.on('error', () => {});
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    near.on('close', end);
    far.on('close', end);
  };
  const server = createServer({ noDelay: true }, (near) => {
    near.on('error', () => {});
    if (state === 'refusing') return void near.destroy();
    if (state === 'open') return join(near);
    waiting.add(near.pause());
    near.on('close', () => waiting.delete(near));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const breakAll = (): void => {
    for (const { near } of [...pairs]) near.destroy();
    for (const near of [...waiting]) near.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    lead(port) {
      target = port;
    },
    silence() {
      state = 'silent';
      for (const { near, far } of pairs) [near, far].forEach((socket) => void socket.pause());
    },
    loseAnswers() {
      areAnswersLost = true;
    },
    restore(how) {
      state = 'open';
      areAnswersLost = false;
      if (how === 'reset') return breakAll();
      for (const { near, far } of pairs) [near, far].forEach((socket) => void socket.resume());
      for (const near of waiting) join(near.resume());
      waiting.clear();
    },
    refuse() {
      state = 'refusing';
      breakAll();
    },
    async close() {
      state = 'refusing';
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
