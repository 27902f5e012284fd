import type { McpRequest } from '@countersign/testkit';
import type { Caller } from './create-caller.ts';

export interface StreamEvent {
  readonly method?: string;
  readonly params?: { readonly [name: string]: unknown };
  readonly result?: object;
  readonly error?: object;
}

export interface OpenStream {
  /** What has come so far; grows. */
  readonly events: readonly StreamEvent[];
  readonly ended: Promise<void>;
}

/** Sends a request and reads the answer as it comes. The caller has a nonce from an earlier request. */
export async function openStream(caller: Caller, url: string, request: McpRequest): Promise<OpenStream> {
  const { agent, token } = caller;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `DPoP ${token}`,
      dpop: await agent.proof({ url, token }),
      ...request.headers,
    },
    body: JSON.stringify(request.message),
  });
  if (response.body === null || response.status !== 200) throw new Error(`no stream: ${response.status}`);
  const events: StreamEvent[] = [];
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      const data = lines.filter((line) => line.startsWith('data: '));
      events.push(...data.map((line) => JSON.parse(line.slice(6)) as StreamEvent));
    }
  };
  return { events, ended: read(response.body) };
}
