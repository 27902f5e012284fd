export interface ServerEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

const longestLine = 8 * 1024 * 1024;

/** Splits a stream of server-sent events (HTML Living Standard §9.2.6). Throws when a line never ends. */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerEvent, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  let event = { event: 'message', id: '', data: [] as string[] };
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > longestLine) throw new Error('an event is too long');
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') {
        readField(event, line);
        continue;
      }
      if (event.data.length > 0) yield { ...event, data: event.data.join('\n') };
      event = { event: 'message', id: event.id, data: [] };
    }
  }
}

function readField(event: { event: string; id: string; data: string[] }, line: string): void {
  const colon = line.indexOf(':');
  if (colon === 0) return;
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'data') event.data.push(value);
  else if (name === 'event') event.event = value;
  else if (name === 'id') event.id = value;
}
