import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { longestSubmission } from '@countersign/ledger';
import { answerSubmission, type SubmissionAnswer, type WitnessParts } from './answer-submission.ts';

export interface WitnessServer {
  /** Where it listens. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ServeOptions extends WitnessParts {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Hears of every submission that was read. */
  onAnswer(answer: SubmissionAnswer): void;
}

const mostConnections = 256;
const wholeRequestMilliseconds = 10_000;

/**
 * Serves C2SP tlog-witness: `POST /add-checkpoint`, and `GET /<origin hash>/checkpoint` with the newest checkpoint that was
 * cosigned. Nothing else is there.
 */
export async function serveWitness(options: ServeOptions): Promise<WitnessServer> {
  const origins = new Map(
    [...options.logs.keys()].map((origin) => [`/${hashOrigin(origin)}/checkpoint`, origin]),
  );
  const server = createServer(
    { requestTimeout: wholeRequestMilliseconds, maxHeaderSize: 16_384 },
    (request, response) => {
      handle(request, response).catch(() => {
        // What cannot be kept is not cosigned: a full disk, a damaged state, a caller that went away.
        if (!response.headersSent) send(response, 500, 'text/plain; charset=utf-8', 'not kept\n');
        else response.destroy();
      });
    },
  );
  server.maxConnections = mostConnections;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = 'text/plain; charset=utf-8';
    if (request.url === '/add-checkpoint') {
      if (request.method !== 'POST') return send(response, 405, text, 'POST\n', { allow: 'POST' });
      const body = await readBody(request);
      if (body === undefined) return send(response, 413, text, 'too large\n', { connection: 'close' });
      const answer = answerSubmission(options, body);
      options.onAnswer(answer);
      return send(response, answer.status, answer.type, answer.body);
    }
    const origin = origins.get(request.url ?? '');
    const kept = origin === undefined ? undefined : options.state.find(origin);
    if (kept === undefined) return send(response, 404, text, 'not found\n');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(response, 405, text, 'GET\n', { allow: 'GET, HEAD' });
    send(response, 200, text, kept.note, { 'cache-control': 'max-age=2' });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

/** Where a log's newest checkpoint is: hex SHA-256 of its origin (C2SP tlog-witness). */
function hashOrigin(origin: string): string {
  return createHash('sha256').update(origin).digest('hex');
}

/** The body as text; undefined when it is too large. Bytes that are no UTF-8 make a note that does not verify. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > longestSubmission) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
