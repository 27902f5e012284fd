import { proveInclusion } from '@countersign/ledger';
import type { Context } from '../context.ts';
import type { LedgerName } from '../plugins/database/database.ts';
import { positionOf, streamOf } from '../plugins/database/ledger-streams.ts';
import { findCheckpointOver, type PublishedCheckpoint } from './checkpoints/find-checkpoint.ts';
import { getStreamName } from './checkpoints/name-ledger.ts';
import { readTreeOnce } from './read-tree-once.ts';

/** Where a record stands in the signed tree of its stream, and how that is named and verified. */
export interface ProvenPlace extends Omit<PublishedCheckpoint, 'at'>, LedgerName {
  /** RFC 6962 audit path, lowest first. */
  readonly path: readonly Uint8Array[];
}

/** Throws `ledger.not_signed` for a record of a gateway that was killed before it signed it. */
export async function provePlace(
  context: Pick<Context, 'config' | 'store'>,
  seq: number,
): Promise<ProvenPlace> {
  const { store } = context;
  const stream = streamOf(seq);
  const position = positionOf(seq);
  const { at: _, ...checkpoint } = await findCheckpointOver(context, position + 1, stream);
  const { size } = checkpoint;
  const path = await readTreeOnce(store.sql, (hashAt) => proveInclusion(position, size, hashAt), stream);
  return { ...checkpoint, ...(await getStreamName(store, stream)), path };
}
