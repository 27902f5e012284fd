import { streamSpan } from '@countersign/ledger';

export { firstSeqOf, mostStreams, nameStream, positionOf, streamOf, streamSpan } from '@countersign/ledger';

/** Where the nodes of a stream begin in one level of `ledger_nodes`. */
export function firstNodeOf(stream: number, level: number): number {
  return (stream * streamSpan) / 2 ** level;
}

/** The row of `ledger_index` that says how far its pages go. */
export function nameIndex(stream: number): string {
  return stream === 0 ? 'pages' : `pages-${stream}`;
}
