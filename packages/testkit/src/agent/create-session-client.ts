import type { RawAgent } from './create-raw-agent.ts';

type Json = { readonly [name: string]: unknown };

export interface SessionEvent {
  readonly id: string;
  readonly message: Json & { readonly id?: unknown; readonly method?: string; readonly params?: Json };
}

/** An HTTP reply that is read as it comes. */
export interface OpenReply {
  readonly status: number;
  readonly headers: Headers;
  /** Of an event stream: what has come so far, without events that carry no data. */
  readonly events: readonly SessionEvent[];
  /** Ids of all events, also of those without data. */
  readonly ids: readonly string[];
  /** The JSON body, or the last message of the stream, once it has ended. */
  message(): Promise<Json | undefined>;
  readonly ended: Promise<void>;
  /** Breaks the connection. */
  drop(): void;
}

export interface SessionRequest {
  readonly method?: 'POST' | 'GET' | 'DELETE';
  readonly message?: object;
  readonly headers?: { readonly [name: string]: string };
  /** Of somebody else, for attacks. */
  readonly as?: { readonly agent: RawAgent; readonly token: string };
  readonly sessionId?: string | null;
}

export interface SessionClientOptions {
  readonly agent: RawAgent;
  readonly url: string;
  readonly token: string;
  readonly revision?: string;
  readonly capabilities?: object;
  readonly name?: string;
}

/** A client of revision 2025-11-25 in plain HTTP, which does everything by the book except what a test tells it to get wrong. */
export interface SessionClient {
  readonly sessionId: string;
  /** The result of `initialize`. */
  readonly server: Json;
  send(request: SessionRequest): Promise<OpenReply>;
  /** A request with an id of its own; the reply may be a stream. */
  request(method: string, params?: Json, id?: number | string): Promise<OpenReply>;
  /** The message that answers such a request, once it is there. */
  ask(method: string, params?: Json): Promise<Json & { readonly result?: Json; readonly error?: Json }>;
  /** Answers what the server asked. */
  answer(id: unknown, answer: { readonly result: object } | { readonly error: object }): Promise<OpenReply>;
  /** The session's own stream, or the rest of another. */
  listen(lastEventId?: string): Promise<OpenReply>;
}

export async function createSessionClient(options: SessionClientOptions): Promise<SessionClient> {
  const { agent, url, token, revision = '2025-11-25', capabilities = {}, name = 'raw-client' } = options;
  const hello = {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: revision, capabilities, clientInfo: { name, version: '1.0.0' } },
  };
  const opened = await agent.send({ url, token, message: hello });
  const { result } = (opened.json ?? {}) as { result?: Json };
  const sessionId = opened.headers['mcp-session-id'];
  if (sessionId === undefined || result === undefined)
    throw new Error(`no session: ${opened.status} ${opened.body}`);
  let lastId = 0;

  const send: SessionClient['send'] = async (request) => {
    const { method = 'POST', message, headers, as = { agent, token } } = request;
    const sent = request.sessionId === undefined ? sessionId : request.sessionId;
    const abort = new AbortController();
    const response = await fetch(url, {
      method,
      signal: abort.signal,
      headers: {
        accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
        authorization: `DPoP ${as.token}`,
        dpop: await as.agent.proof({ url, token: as.token, htm: method }),
        'mcp-protocol-version': String(result.protocolVersion),
        ...(message !== undefined && { 'content-type': 'application/json' }),
        ...(sent !== null && { 'mcp-session-id': sent }),
        ...headers,
      },
      ...(message !== undefined && { body: JSON.stringify(message) }),
    });
    return readReply(response, abort);
  };
  const request: SessionClient['request'] = (method, params = {}, id = ++lastId) =>
    send({ message: { jsonrpc: '2.0', id, method, params } });
  const initialized = await send({ message: { jsonrpc: '2.0', method: 'notifications/initialized' } });
  if (initialized.status !== 202) throw new Error(`not initialized: ${initialized.status}`);
  return {
    sessionId,
    server: result,
    send,
    request,
    async ask(method, params) {
      const reply = await request(method, params);
      return (await reply.message()) ?? {};
    },
    answer: (id, answer) => send({ message: { jsonrpc: '2.0', id, ...answer } }),
    listen: (lastEventId) =>
      send({
        method: 'GET',
        ...(lastEventId !== undefined && { headers: { 'last-event-id': lastEventId } }),
      }),
  };
}

function readReply(response: Response, abort: AbortController): OpenReply {
  const events: SessionEvent[] = [];
  const ids: string[] = [];
  let text = '';
  const isStream = (response.headers.get('content-type') ?? '').includes('text/event-stream');
  const take = (block: string): void => {
    const fields = block
      .split('\n')
      .map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]);
    const find = (field: string) => fields.find(([found]) => found === field)?.[1] ?? '';
    if (find('id') !== '') ids.push(find('id'));
    if (find('data') !== '') events.push({ id: find('id'), message: JSON.parse(find('data')) });
  };
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n\n'); isStream && end >= 0; end = text.indexOf('\n\n')) {
        take(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  };
  const ended = read().catch(() => {});
  return {
    status: response.status,
    headers: response.headers,
    events,
    ids,
    ended,
    async message() {
      await ended;
      if (isStream) return events.at(-1)?.message;
      return text === '' ? undefined : (JSON.parse(text) as Json);
    },
    drop: () => abort.abort(),
  };
}
