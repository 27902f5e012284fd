import { AppError } from '@countersign/api';
import { lied } from './json-rpc.ts';

export interface EventStream {
  /** Takes the next bytes and gives the data of each `message` event that they complete, in order. */
  push(chunk: Uint8Array): readonly string[];
}

/**
 * Reads a hostile server-sent event stream (HTML Living Standard, section 9.2.6). No event, and no line, may be longer
 * than `longestEvent` UTF-16 units. Throws `upstream.result_too_large`, or `upstream.lied` for invalid UTF-8.
 */
export function createEventStream(longestEvent: number): EventStream {
  const lineEnd = /\r\n?|\n/g;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  // The unfinished line, in pieces, so that one that drips is not copied with every drop.
  let pieces: string[] = [];
  let pending = 0;
  let afterReturn = false;
  let data: string | undefined;
  let type = '';

  /** The event that the line completes, if any. */
  const readLine = (line: string): string | undefined => {
    if (line === '') {
      // Only unnamed events are messages; an event without data is the opening one that carries just an id.
      const event = type === '' || type === 'message' ? data : undefined;
      data = undefined;
      type = '';
      return event === '' ? undefined : event;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line.charAt(colon + 1) === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data = data === undefined ? value : `${data}\n${value}`;
    else if (field === 'event') type = value;
    if ((data?.length ?? 0) > longestEvent) throw tooLarge();
    return undefined;
  };

  return {
    push(chunk) {
      const events: string[] = [];
      const text = decode(decoder, chunk);
      if (text === '') return events;
      // A carriage return that ended the text before has ended its line already.
      let start = afterReturn && text.startsWith('\n') ? 1 : 0;
      afterReturn = text.endsWith('\r');
      lineEnd.lastIndex = start;
      for (let found = lineEnd.exec(text); found !== null; found = lineEnd.exec(text)) {
        const event = readLine(pieces.join('') + text.slice(start, found.index));
        if (event !== undefined) events.push(event);
        pieces = [];
        pending = 0;
        start = lineEnd.lastIndex;
      }
      pieces.push(text.slice(start));
      pending += text.length - start;
      if (pending > longestEvent) throw tooLarge();
      return events;
    },
  };
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch {
    throw lied('the event stream is not UTF-8');
  }
}

function tooLarge(): AppError {
  return new AppError('upstream.result_too_large', { detail: 'an event is too large' });
}
