import type { StatementJob, StatementResult } from '../messages.ts';
import { ThreadLink } from '../thread-link.ts';
import type { ReaderThreadData } from './reader-thread.ts';

type ReaderLink = ThreadLink<StatementJob | 'close'>;

/**
 * Reads committed data in threads of its own, so that neither the event loop nor an append ever waits for a search. The
 * second thread starts when the first is busy for the first time: one slow search leaves the other for short reads.
 */
export class ReaderPool {
  readonly #data: ReaderThreadData;
  readonly #readers: ReaderLink[];
  readonly #maximumReaders = 2;

  constructor(data: ReaderThreadData) {
    this.#data = data;
    this.#readers = [this.#start()];
  }

  execute(job: StatementJob): Promise<StatementResult> {
    return this.#findLeastBusy().request<StatementResult>(job);
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#readers.map(async (reader) => {
        await reader.request('close').catch(() => {});
        await reader.end();
      }),
    );
  }

  #findLeastBusy(): ReaderLink {
    const best = this.#readers.reduce((least, reader) => (reader.waiting < least.waiting ? reader : least));
    if (best.waiting === 0 || this.#readers.length === this.#maximumReaders) return best;
    const added = this.#start();
    this.#readers.push(added);
    return added;
  }

  #start(): ReaderLink {
    return new ThreadLink('reader-thread', import.meta, this.#data);
  }
}
