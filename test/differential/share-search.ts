import { Worker } from 'node:worker_threads';
import { emptyTally, type Tally } from './compare-case.ts';

/** What one thread searches. */
export interface Share {
  readonly seed: number;
  readonly stride: number;
  readonly pairs: number;
}

export interface WrittenMismatch {
  readonly seed: number;
  readonly message: string;
  /** JSON of the shrunk case. */
  readonly counterExample: string;
}

export type ShareMessage =
  | { readonly kind: 'progress'; readonly tally: Tally }
  | { readonly kind: 'done'; readonly tally: Tally; readonly mismatch?: WrittenMismatch };

export interface SharedSearch {
  readonly tally: Tally;
  readonly mismatches: readonly WrittenMismatch[];
}

export interface SharedSearchOptions {
  readonly seed: number;
  readonly pairs: number;
  readonly threads: number;
  readonly onProgress?: (tally: Tally) => void;
}

/** Searches on several threads, each with an official engine of its own. The same seed and threads give the same pairs. */
export async function shareSearch({
  seed,
  pairs,
  threads,
  onProgress,
}: SharedSearchOptions): Promise<SharedSearch> {
  const tallies = Array.from({ length: threads }, emptyTally);
  const shares = tallies.map(
    (_, at): Share => ({ seed: seed + at, stride: threads, pairs: Math.ceil(pairs / threads) }),
  );
  const found = await Promise.all(
    shares.map((share, at) =>
      runShare(share, (tally) => {
        tallies[at] = tally;
        onProgress?.(sum(tallies));
      }),
    ),
  );
  return { tally: sum(tallies), mismatches: found.filter((one) => one !== undefined) };
}

function runShare(share: Share, onTally: (tally: Tally) => void): Promise<WrittenMismatch | undefined> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./search-worker.ts', import.meta.url), { workerData: share });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a thread of the search ended with ${code}`)));
    worker.on('message', (message: ShareMessage) => {
      onTally(message.tally);
      if (message.kind === 'done') resolve(message.mismatch);
    });
  });
}

function sum(tallies: readonly Tally[]): Tally {
  const total = emptyTally();
  for (const tally of tallies)
    for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
  return total;
}
