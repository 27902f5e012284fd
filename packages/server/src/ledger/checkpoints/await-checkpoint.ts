import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@countersign/api';
import type { Store, StoredCheckpoint } from '../../plugins/database/database.ts';
import { firstSeqOf, streamSpan } from '../../plugins/database/ledger-streams.ts';

/** Every gateway signs what it has written within a second. */
const looks = 12;
const pauseMs = 250;

/**
 * A checkpoint over so many records of a stream: of its own stream a gateway signs one now, of another's it waits for the
 * one that its gateway signs. Throws `ledger.not_signed` when none comes in 3 s, as after its gateway was killed.
 */
export async function awaitCheckpoint(store: Store, stream: number, size: number): Promise<StoredCheckpoint> {
  if (stream === store.seat.stream) return store.checkpoint();
  const base = firstSeqOf(stream);
  for (let look = 0; look < looks; look += 1) {
    if (look > 0) await sleep(pauseMs);
    const found = await store.sql
      .selectFrom('ledger_checkpoints')
      .select(['size', 'note', 'at'])
      .where('size', '>=', base + size)
      .where('size', '<', base + streamSpan)
      .orderBy('size', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (found !== undefined) return { ...found, size: found.size - base };
  }
  throw new AppError('ledger.not_signed');
}
