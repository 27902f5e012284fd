import { type IncomingMessage, type OutgoingHttpHeaders, request as startRequest } from 'node:http';
import { request as startTlsRequest } from 'node:https';

/** A list is sent as several lines of one header, which no polite client does. */
export type RawHeaders = { readonly [name: string]: string | readonly string[] | undefined };

export interface HttpMessage {
  readonly method?: string;
  readonly url: string;
  readonly headers?: RawHeaders;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** What an https connection shows; the server's own certificate is not looked at. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** How long to wait for the end of the reply; no limit unless given. */
  readonly patienceMilliseconds?: number;
  /** Where to stop reading. */
  readonly maxBytes?: number;
}

export interface HttpReply {
  /** 0 when no whole reply came: too late, too long, or the connection broke. */
  readonly status: number;
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: string;
  /** The body as JSON, the last event's data when it is a stream, or undefined when it is neither. */
  readonly json: unknown;
}

/** One request on a connection of its own, sent exactly as given. */
export function sendHttp(message: HttpMessage): Promise<HttpReply> {
  const {
    method = 'POST',
    url,
    headers,
    body,
    signal,
    certificate,
    patienceMilliseconds,
    maxBytes = 256 * 1024 * 1024,
  } = message;
  return new Promise((resolve) => {
    const isTls = url.startsWith('https:');
    const request = (isTls ? startTlsRequest : startRequest)(url, {
      ...(isTls && { ...certificate, rejectUnauthorized: false }),
      method,
      agent: false,
      headers: withoutUndefined(headers),
      ...(signal && { signal }),
    });
    let response: IncomingMessage | undefined;
    let received = '';
    const finish = (whole: boolean, why = '') => {
      clearTimeout(timer);
      request.destroy();
      resolve(describe(whole ? response : undefined, received || why));
    };
    const timer =
      patienceMilliseconds === undefined
        ? undefined
        : setTimeout(finish, patienceMilliseconds, false, 'too late');
    request.on('error', (error) => finish(false, error.message));
    request.on('response', (started) => {
      response = started.setEncoding('utf8');
      started.on('data', (chunk: string) => {
        received += chunk;
        if (received.length > maxBytes) finish(false);
      });
      started.on('end', () => finish(true));
      started.on('error', (error) => finish(false, error.message));
    });
    request.end(body);
  });
}

function withoutUndefined(headers: RawHeaders = {}): OutgoingHttpHeaders {
  const present = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as OutgoingHttpHeaders;
}

function describe(response: IncomingMessage | undefined, body: string): HttpReply {
  const headers = Object.entries(response?.headers ?? {}).map(([name, value]) => [
    name,
    value && String(value),
  ]);
  return {
    status: response?.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body,
    json: readJson(body),
  };
}

function readJson(body: string): unknown {
  const events = body.split(/\r?\n/).filter((line) => line.startsWith('data:'));
  try {
    return JSON.parse(events.at(-1)?.slice(5) ?? body);
  } catch {
    return undefined;
  }
}
