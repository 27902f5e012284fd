import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Journal, type JournalEntry, type JournalOptions, openJournal } from './journal.ts';

/** A running upstream: its endpoint, what it received, and its end. */
export interface Upstream {
  readonly url: string;
  readonly journal: Journal;
  close(): Promise<void>;
}

export interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly [key: string]: unknown };
}

/** The argument `text` of a call: by it a caller chooses how a hostile upstream behaves, where it was not told before. */
export function readText(message: Message): string {
  const args = message.params?.arguments;
  const text = typeof args === 'object' && args !== null && 'text' in args ? args.text : undefined;
  return typeof text === 'string' ? text : '';
}

export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  message: Message | undefined,
) => Promise<void> | void;

export interface HttpUpstreamOptions extends JournalOptions {
  readonly path?: string;
  readonly port?: number;
}

const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

/** Listens on loopback, journals each request and then lets `answer` behave as well or as badly as it likes. */
export async function startHttpUpstream(
  answer: Answer,
  options: HttpUpstreamOptions = {},
): Promise<Upstream> {
  const journal = openJournal(options);
  const server = createServer((request, response) => {
    response.on('error', () => {});
    receive(request)
      .then((text) => {
        const message = parseMessage(text);
        journal.record(toEntry(request, message));
        return answer(request, response, message);
      })
      .catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the upstream has no port');
  return {
    url: `http://127.0.0.1:${address.port}${options.path ?? '/mcp'}`,
    journal,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      journal.close();
    },
  };
}

async function receive(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseMessage(text: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function toEntry(
  request: IncomingMessage,
  message: Message | undefined,
): Omit<JournalEntry, 'sequence' | 'at'> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  const name = message?.params?.name ?? message?.params?.uri;
  const meta = message?.params?._meta;
  return {
    httpMethod: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(headers),
    method: typeof message?.method === 'string' ? message.method : undefined,
    name: typeof name === 'string' ? name : undefined,
    arguments: message?.params?.arguments,
    meta: typeof meta === 'object' && meta !== null ? { ...meta } : undefined,
  };
}
