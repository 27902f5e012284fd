import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toAppError } from '@countersign/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DocumentRequest, DocumentUnavailable, fetchDocument } from './fetch-document.ts';

let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    switch (request.url) {
      case '/good':
        return response.end('{"ok":true}');
      case '/redirect':
        return response.writeHead(302, { location: '/good' }).end();
      case '/huge':
        return response.end('x'.repeat(70_000));
      case '/binary':
        return response.end(Buffer.from([0xff, 0xfe]));
      case '/silent':
        return undefined;
      case '/trickle': {
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
        return undefined;
      }
      default:
        return response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const refusalOf = async (wanted: DocumentRequest): Promise<string> => {
  try {
    await fetchDocument({ timeoutMilliseconds: 300, ...wanted });
    return 'fetched';
  } catch (thrown) {
    return thrown instanceof DocumentUnavailable ? thrown.message : toAppError(thrown).code;
  }
};

describe('a document from a named address', () => {
  it('is fetched within its bounds', async () => {
    const { text } = await fetchDocument({ url: `${base}/good`, allowPrivate: true });
    expect(text).toBe('{"ok":true}');
  });

  it.each([
    ['/redirect', 'the answer was 302'],
    ['/missing', 'the answer was 404'],
    ['/huge', 'the document is too large'],
    ['/binary', 'the document is not UTF-8'],
    ['/silent', 'it took too long'],
    ['/trickle', 'it took too long'],
  ])('is refused for %s', async (path, detail) => {
    const refusal = await refusalOf({ url: base + path, allowPrivate: true });
    expect(refusal).toBe(detail);
  });

  it('is refused on a private address, by its number, its name or what the name turns into', async () => {
    expect(await refusalOf({ url: `${base}/good` })).toBe('upstream.address_refused');
    expect(await refusalOf({ url: 'https://127.0.0.1/good' })).toBe('upstream.address_refused');
    const lookup: NonNullable<DocumentRequest['lookup']> = (_host, _options, done) =>
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    expect(await refusalOf({ url: 'https://issuer.example/good', lookup })).toMatch(
      /^upstream\.address_refused/,
    );
    expect(await refusalOf({ url: 'https://user:word@issuer.example/' })).toMatch(
      /^upstream\.address_refused/,
    );
    expect(await refusalOf({ url: 'file:///etc/passwd' })).toBe('upstream.address_refused');
  });
});
