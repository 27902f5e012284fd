import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Notification, postNotification } from './post-notification.ts';

let server: Server;
let base: string;
let reached = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    reached += 1;
    if (request.url === '/endless') {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(1000)), 10);
      response.on('close', () => clearInterval(timer));
      return;
    }
    response.writeHead(Number(request.url?.slice(1))).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const post = (url: string, lookup?: Notification['lookup']) =>
  postNotification({
    url,
    token: 't'.repeat(43),
    authReqId: 'a',
    ...(lookup === undefined ? {} : { lookup }),
  });

describe('postNotification', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [302, 'gone'],
    [401, 'gone'],
    [429, 'failed'],
    [503, 'failed'],
  ])('takes %i for %s', async (status, delivery) => {
    expect(await post(`${base}/${status}`)).toBe(delivery);
  });

  it('reads nothing of an endless answer', async () => {
    expect(await post(`${base}/endless`)).toBe('delivered');
  });

  it('goes to no private address, whatever its name turned into', async () => {
    const before = reached;
    const lookup: NonNullable<Notification['lookup']> = (_host, _options, done) =>
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    expect(await post('https://agent.example/200', lookup)).toBe('failed');
    expect(await post('https://10.0.0.1/200')).toBe('failed');
    expect(await post('http://127.0.0.1:1/200')).toBe('failed');
    expect(reached).toBe(before);
  });
});
