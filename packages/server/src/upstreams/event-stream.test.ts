import { describe, expect, it } from 'vitest';
import { createEventStream } from './event-stream.ts';

const read = (chunks: readonly string[], longest = 1000) => {
  const stream = createEventStream(longest);
  return chunks.flatMap((chunk) => [...stream.push(Buffer.from(chunk))]);
};

describe('createEventStream', () => {
  it.each([
    ['one event', ['data: a\n\n'], ['a']],
    ['carriage returns', ['data: a\r\rdata: b\r\n\r\n'], ['a', 'b']],
    ['several lines of data', ['data: a\ndata:b\ndata\n\n'], ['a\nb\n']],
    ['comments and unknown fields', [': hello\nretry: 5\nid: 7\ndata: a\n\n'], ['a']],
    ['a byte order mark', ['\uFEFFdata: a\n\n'], ['a']],
    ['other types of event', ['event: ping\ndata: a\n\nevent: message\ndata: b\n\n'], ['b']],
    ['an event without data', ['id: 1\ndata:\n\ndata: a\n\n'], ['a']],
    ['an unfinished event', ['data: a\n\ndata: b\n'], ['a']],
  ])('reads %s', (_, chunks, events) => {
    expect(read(chunks)).toEqual(events);
  });

  it('reads the same however the bytes are cut', () => {
    const bytes = Buffer.from('data: grüße\r\n: c\r\ndata: 2\r\n\r\ndata: b\r\rdata: c\n\n');
    for (let size = 1; size <= bytes.length; size++) {
      const stream = createEventStream(100);
      const events: string[] = [];
      for (let at = 0; at < bytes.length; at += size)
        events.push(...stream.push(bytes.subarray(at, at + size)));
      expect(events).toEqual(['grüße\n2', 'b', 'c']);
    }
  });

  it('refuses a line or an event that is too long', () => {
    const code = 'upstream.result_too_large';
    expect(() => read(['x'.repeat(1001)])).toThrow(expect.objectContaining({ code }));
    expect(() => read(Array.from({ length: 300 }, () => 'data: aaaa\n'))).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('refuses invalid UTF-8', () => {
    const stream = createEventStream(100);
    expect(() => stream.push(Buffer.from([0x64, 0xff, 0x0a]))).toThrow(
      expect.objectContaining({ code: 'upstream.lied' }),
    );
  });

  it('takes time linear in a line that drips', () => {
    const stream = createEventStream(10_000_000);
    const started = performance.now();
    for (let i = 0; i < 100_000; i++) stream.push(Buffer.from('y'));
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
