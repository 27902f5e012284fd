import type { AddressInfo } from 'node:net';
import { createServer, connect as dial, type Socket } from 'node:net';

/** The one address of several gateways: each connection goes to the one that was chosen when it was made. */
export interface Front {
  /** `http://localhost:<port>`. */
  readonly url: string;
  /** Where connections go from now on; those there are stay where they are. */
  choose(port: number): void;
  /** Where the next connections go, one after the other, before that. */
  chooseNext(ports: readonly number[]): void;
  close(): Promise<void>;
}

export async function startFront(): Promise<Front> {
  const sockets = new Set<Socket>();
  let chosen = 0;
  const next: number[] = [];
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    const gateway = keep(dial(next.shift() ?? chosen, '127.0.0.1'));
    client.pipe(gateway);
    gateway.pipe(client);
    client.on('close', () => gateway.destroy());
    gateway.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    choose(port) {
      chosen = port;
    },
    chooseNext(ports) {
      next.push(...ports);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
