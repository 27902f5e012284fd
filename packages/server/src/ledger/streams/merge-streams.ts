/** What was read of a stream, newest first by `seq`. */
export interface ReadStream<T> {
  readonly stream: number;
  readonly items: readonly T[];
  /** Everything of the stream from here up to where reading began was looked at. */
  readonly horizon: number;
  /** Nothing of the stream is left behind the horizon. */
  readonly isComplete: boolean;
}

export interface MergedStreams<T> {
  readonly items: readonly T[];
  /** Where to go on in the streams that are not finished. */
  readonly left: ReadonlyMap<number, number>;
}

/**
 * One list, the newest first, of what was found in several streams: by time, and in the order of each stream within it. It
 * ends where a stream that was not read to its end has no more to say, since that might have something newer than the others.
 */
export function mergeStreams<T extends { readonly seq: number; readonly at: number }>(
  streams: readonly ReadStream<T>[],
  limit: number,
): MergedStreams<T> {
  const taken = new Map(streams.map(({ stream }) => [stream, 0]));
  const items: T[] = [];
  while (items.length < limit) {
    const heads = streams.map((one) => ({ one, head: one.items[taken.get(one.stream) ?? 0] }));
    if (heads.some(({ one, head }) => head === undefined && !one.isComplete)) break;
    const [first] = heads
      .filter((pair): pair is { one: ReadStream<T>; head: T } => pair.head !== undefined)
      .sort((a, b) => b.head.at - a.head.at || b.head.seq - a.head.seq);
    if (first === undefined) break;
    items.push(first.head);
    taken.set(first.one.stream, (taken.get(first.one.stream) ?? 0) + 1);
  }
  const left = new Map<number, number>();
  for (const { stream, items: all, horizon, isComplete } of streams) {
    const next = all[taken.get(stream) ?? 0];
    // What was found and not taken is found again.
    if (next !== undefined) left.set(stream, next.seq + 1);
    else if (!isComplete) left.set(stream, horizon);
  }
  return { items, left };
}
