/**
 * Each gateway of a database writes a stream of its own, so that none waits for another. The `seq` of a record, and the end
 * of what a checkpoint covers, begin at a place of their own in each stream; within it they follow the stream's tree.
 */
export const streamSpan = 2 ** 34;

/** So many gateways may share a database at a time. All streams together have the places that there are keys for. */
export const mostStreams = 32;

export function streamOf(seq: number): number {
  return Math.floor(seq / streamSpan);
}

/** Where a record stands in its stream's tree. */
export function positionOf(seq: number): number {
  return seq % streamSpan;
}

export function firstSeqOf(stream: number): number {
  return stream * streamSpan;
}

/** As its records say it. */
export function nameStream(stream: number): string {
  return stream === 0 ? 'main' : `main-${stream}`;
}

/** The number of a stream from its name, which may be anything; undefined for what no gateway has as a name. */
export function readStreamName(name: string): number | undefined {
  if (name === 'main') return 0;
  const [, digits] = /^main-([1-9][0-9]?)$/.exec(name) ?? [];
  const stream = Number(digits ?? mostStreams);
  return stream < mostStreams ? stream : undefined;
}
