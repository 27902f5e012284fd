import type { AddressInfo } from 'node:net';
import { createServer, connect as dial, type Socket } from 'node:net';

/** The one address of all gateways: a balancer that asks another gateway where the one it chose does not listen. */
export interface Front {
  readonly port: number;
  close(): Promise<void>;
}

export async function startFront(ports: () => readonly number[], random: () => number): Promise<Front> {
  const open = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, (near) => {
    open.add(near.on('error', () => {}));
    near.on('close', () => open.delete(near));
    const all = [...ports()];
    const from = Math.floor(random() * all.length);
    reach(near, [...all.slice(from), ...all.slice(0, from)]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function reach(near: Socket, [port, ...others]: readonly number[]): void {
  if (port === undefined) return void near.destroy();
  const far = dial({ port, host: '127.0.0.1', noDelay: true });
  const elsewhere = (): void => reach(near, others);
  far.once('error', elsewhere);
  far.once('connect', () => {
    far.off('error', elsewhere).on('error', () => near.destroy());
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    near.pipe(far);
    far.pipe(near);
  });
}
