import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

/** One address in front of several gateways, as a balancer is that ends no TLS. */
export interface Balancer {
  readonly port: number;
  readonly url: string;
  /** Where connections go from now on; those there are break. */
  pointTo(port: number): void;
  close(): Promise<void>;
}

export async function startBalancer(): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let target = 0;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    const gateway = keep(dial(target, '127.0.0.1'));
    client.pipe(gateway).pipe(client);
    client.on('close', () => gateway.destroy());
    gateway.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    url: `http://localhost:${port}`,
    pointTo(next) {
      target = next;
      cut();
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
