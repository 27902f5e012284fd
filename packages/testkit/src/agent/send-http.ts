import { type OutgoingHttpHeaders, request as startRequest } from 'node:http';
import { text } from 'node:stream/consumers';

export interface HttpMessage {
  readonly method?: string;
  readonly url: string;
  /** A list is sent as several lines of one header, which no polite client does. */
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: string;
  /** The body as JSON, the last event's data when it is a stream, or undefined when it is neither. */
  readonly json: unknown;
}

/** One request on a connection of its own, sent exactly as given. */
export async function sendHttp({
  method = 'POST',
  url,
  headers,
  body,
  signal,
}: HttpMessage): Promise<HttpReply> {
  const request = startRequest(url, {
    method,
    agent: false,
    ...(headers && { headers }),
    ...(signal && { signal }),
  });
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    request.on('response', resolve).on('error', reject);
    request.end(body);
  });
  const received = await text(response);
  const flat = Object.entries(response.headers).map(([name, value]) => [name, value && String(value)]);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(flat),
    body: received,
    json: readJson(received),
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
