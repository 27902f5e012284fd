import { describe, expect, test } from 'vitest';
import { readEvents, type ServerEvent } from './read-events.ts';

async function readBytes(...chunks: readonly Uint8Array[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  async function* send() {
    yield* chunks;
  }
  for await (const event of readEvents(send())) events.push(event);
  return events;
}

const read = (...chunks: string[]) => readBytes(...chunks.map((chunk) => new TextEncoder().encode(chunk)));

describe('server-sent events', () => {
  test('are read whatever the chunks and line ends', async () => {
    const events = await read(
      'event: rec',
      'ord\r\nid: 7\ndata: {"a"',
      ':1}\n',
      '\n: comment\n\ndata: one\ndata: two\n\n',
      'data: cut off',
    );
    expect(events).toEqual([
      { event: 'record', id: '7', data: '{"a":1}' },
      { event: 'message', id: '7', data: 'one\ntwo' },
    ]);
  });

  test('may split a character between chunks', async () => {
    const bytes = new TextEncoder().encode('data: é\n\n');
    const events = await readBytes(bytes.slice(0, 7), bytes.slice(7));
    expect(events.map(({ data }) => data)).toEqual(['é']);
  });

  test('end when a line never does', async () => {
    await expect(read('data: '.padEnd(9 * 1024 * 1024, 'x'))).rejects.toThrow('too long');
  });
});
