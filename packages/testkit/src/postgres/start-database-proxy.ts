import type { AddressInfo } from 'node:net';
import { createServer, connect as dial, type Socket } from 'node:net';

/** A wire between a server and its database that a test can cut. */
export interface DatabaseProxy {
  /** The same URL through the wire. */
  readonly url: string;
  /** What is lost on the wire from now on, on connections there are and those to come. */
  lose(what: 'nothing' | 'questions' | 'answers'): void;
  /** Sends the farewell of a server that shuts down in one packet with its next answer, and hangs up. */
  endWithNextAnswer(): void;
  /** Breaks every connection; with `refuse`, new ones, too, until the next call. */
  cut(after?: 'accept' | 'refuse'): void;
  close(): Promise<void>;
}

/** An ErrorResponse as PostgreSQL sends it when an administrator stops it. */
const fields = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0');
const length = Buffer.alloc(4);
length.writeInt32BE(fields.length + 4);
const farewell = Buffer.concat([Buffer.from('E'), length, fields]);

export async function startDatabaseProxy(url: string): Promise<DatabaseProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let lost: Parameters<DatabaseProxy['lose']>[0] = 'nothing';
  let refuses = false;
  let isLastAnswer = false;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (refuses) return void client.destroy();
    const database = keep(dial(Number(target.port), target.hostname));
    client.on('data', (chunk) => lost !== 'questions' && database.write(chunk));
    database.on('data', (chunk) => {
      if (lost === 'answers') return;
      if (!isLastAnswer) return void client.write(chunk);
      isLastAnswer = false;
      client.end(Buffer.concat([chunk, farewell]));
    });
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = new URL(url);
  own.hostname = '127.0.0.1';
  own.port = String((server.address() as AddressInfo).port);
  const cut = (after: 'accept' | 'refuse' = 'accept') => {
    refuses = after === 'refuse';
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: own.href,
    lose(what) {
      lost = what;
    },
    endWithNextAnswer() {
      isLastAnswer = true;
    },
    cut,
    async close() {
      cut('refuse');
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
