import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@countersign/api';
import type { RunOnWriter, ScrubJob } from '../threaded-store.ts';

const attempts = 10;
const pauseMs = 200;

/** Deleting overwrites (`secure_delete`). What is left is the log, and what releases deleted under which it did not. */
export async function scrubSqlite({ rewrite }: ScrubJob, run: RunOnWriter): Promise<void> {
  if (rewrite) await run('VACUUM');
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const { rows } = await run('PRAGMA wal_checkpoint(TRUNCATE)');
    if (rows[0]?.busy === 0) return;
    await sleep(pauseMs);
  }
  // Somebody has been reading an older state of the database all the time.
  throw new AppError('ledger.unavailable', { detail: 'the log of the database could not be emptied' });
}
