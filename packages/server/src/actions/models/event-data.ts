/** Reads what a server-sent event stream carries beside the stream itself, which it never holds up. */
export interface EventData {
  /** Takes the next bytes and gives the data of each event that they complete, in order. */
  push(chunk: Uint8Array): readonly string[];
  /** What came last without an end. */
  end(): readonly string[];
  /** Something was too long to be read, and was left out. */
  readonly isLost: boolean;
}

/** Never throws, whatever comes: what is longer than `longestEvent` UTF-16 units is left out (HTML Living Standard, section 9.2.6). */
export function readEventData(longestEvent: number): EventData {
  const decoder = new TextDecoder('utf-8');
  let line = '';
  let isSkipping = false;
  let isLost = false;
  let data: string[] = [];
  let length = 0;

  const takeLine = (): string | undefined => {
    const taken = line.endsWith('\r') ? line.slice(0, -1) : line;
    line = '';
    if (isSkipping) {
      isSkipping = false;
      return undefined;
    }
    if (taken === '') {
      const event = data.join('\n');
      data = [];
      length = 0;
      return event === '' ? undefined : event;
    }
    if (!taken.startsWith('data:')) return undefined;
    const value = taken.slice(taken.charAt(5) === ' ' ? 6 : 5);
    length += value.length;
    if (length > longestEvent) lose();
    else data.push(value);
    return undefined;
  };
  const lose = (): void => {
    isLost = true;
    data = [];
  };
  const read = (text: string): readonly string[] => {
    const events: string[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if (!isSkipping) line += text.slice(start, end);
      start = end + 1;
      const event = takeLine();
      if (event !== undefined) events.push(event);
    }
    if (!isSkipping) line += text.slice(start);
    if (line.length > longestEvent) {
      lose();
      line = '';
      isSkipping = true;
    }
    return events;
  };

  return {
    push: (chunk) => read(decoder.decode(chunk, { stream: true })),
    end: () => read(`${decoder.decode()}\n\n`),
    get isLost() {
      return isLost;
    },
  };
}
