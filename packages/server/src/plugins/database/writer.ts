import { equalBytes, type NoteSigner } from '@countersign/ledger';
import { createNoteSigner, writeCheckpoint } from './checkpoint-writer.ts';
import type { StoredCheckpoint } from './database.ts';
import { insertTermPages, insertValuePages } from './ledger-statements.ts';
import { firstSeqOf } from './ledger-streams.ts';
import { type LedgerMark, LedgerWriter } from './ledger-writer.ts';
import type {
  AppendJob,
  AppendResult,
  LedgerSigner,
  WriterEvent,
  WriterRequest,
  WrittenRecord,
} from './messages.ts';
import { openLedger } from './open-ledger.ts';
import { unpackJobs } from './pack-jobs.ts';
import { type PackedPages, unpackPages } from './pack-pages.ts';
import { type KeyNodes, PayloadKeys } from './sealing/payload-keys.ts';
import { type DescribeFailure, StoreFailure } from './store-failure.ts';
import { hideValues } from './value-pages.ts';
import type { WritingConnection } from './writing-connection.ts';

interface Ledger {
  readonly stream: number;
  readonly signer: NoteSigner;
  keys: PayloadKeys;
  writer: LedgerWriter;
}

/** A commit of which nobody knows: where the tree stands with it and without it. */
interface Doubt {
  readonly before: LedgerMark;
  readonly after: LedgerMark;
  readonly firstSeq: number;
}

/** Turns requests into transactions on the one connection that writes. Used by one request at a time. */
export class Writer {
  readonly #connection: WritingConnection;
  readonly #describeFailure: DescribeFailure;
  #ledger: Ledger | undefined;
  #mark: LedgerMark | undefined;
  #doubt: Doubt | undefined;
  #unsigned = false;

  constructor(connection: WritingConnection, describeFailure: DescribeFailure) {
    this.#connection = connection;
    this.#describeFailure = describeFailure;
  }

  async handle(request: WriterRequest): Promise<unknown> {
    switch (request.kind) {
      case 'open':
        return this.#connection.requireReady();
      case 'append':
        return this.#append(unpackJobs(request.jobs));
      case 'execute':
        if (request.inTransaction) this.#requireTransaction();
        return this.#connection.execute(request);
      case 'begin':
        return this.#begin();
      case 'commit':
        return this.#commit(request.records);
      case 'rollback':
        return this.#rollback();
      case 'checkpoint':
        return this.checkpoint();
      case 'index':
        return this.#index(request.pages);
      case 'start-ledger':
        return this.#startLedger(request.signer, request.keys);
      case 'replace-keys':
        return this.#replaceKeys(request.keys);
      case 'close':
        return this.#close();
    }
  }

  /** True when records were added that no checkpoint covers and one can be signed now. */
  get needsCheckpoint(): boolean {
    return this.#ledger !== undefined && !this.#connection.inTransaction && this.#unsigned;
  }

  async checkpoint(): Promise<StoredCheckpoint> {
    const { writer, signer } = this.#requireLedger();
    const checkpoint = await writeCheckpoint(this.#connection.run, writer, signer);
    this.#unsigned = false;
    return checkpoint;
  }

  /**
   * After a broken connection: reads the tree again and goes on only if it stands exactly where this writer left it.
   * Returns what became of a commit that was in doubt. `committed` is what the engine says of one without records.
   * Throws `ledger.tampered` when the tree is not ours any more.
   */
  async resume(committed: boolean): Promise<WriterEvent | undefined> {
    const doubt = this.#doubt;
    const isSettled = await this.#rereadTree(doubt);
    this.#doubt = undefined;
    if (doubt === undefined) return undefined;
    const happened = isSettled ?? committed;
    return happened ? { kind: 'committed', firstSeq: doubt.firstSeq } : { kind: 'rolled-back' };
  }

  /** Whether the tree holds what is in doubt; undefined when that would add nothing to it. */
  async #rereadTree(doubt: Doubt | undefined): Promise<boolean | undefined> {
    const ledger = this.#ledger;
    if (ledger === undefined) return undefined;
    const found = await openLedger(this.#connection.run, {
      stream: ledger.stream,
      key: ledger.signer.key,
    });
    const [before, after] = doubt ? [doubt.before, doubt.after] : [ledger.writer.mark(), undefined];
    const isBefore = isSameTree(found, before);
    if (!isBefore && !(after && isSameTree(found, after))) {
      const message = 'somebody else has written the ledger since the connection broke';
      throw new StoreFailure({ kind: 'refused', code: 'ledger.tampered', message });
    }
    ledger.writer = new LedgerWriter(this.#connection.tables, ledger, found);
    this.#unsigned = true;
    return after?.frontier.size === before.frontier.size ? undefined : !isBefore;
  }

  async #startLedger({ stream, ...key }: LedgerSigner, nodes: KeyNodes): Promise<void> {
    const signer = createNoteSigner(key);
    const found = await openLedger(this.#connection.run, { stream, key: signer.key });
    const keys = new PayloadKeys(nodes);
    const writer = new LedgerWriter(this.#connection.tables, { stream, keys }, found);
    this.#ledger = { stream, signer, keys, writer };
    this.#unsigned = true;
  }

  #replaceKeys(nodes: KeyNodes): void {
    const ledger = this.#requireLedger();
    ledger.keys = new PayloadKeys(nodes);
    ledger.writer = new LedgerWriter(this.#connection.tables, ledger, ledger.writer.mark());
  }

  /** One commit for all; when it fails for a reason that lies in one job, each job gets its own. */
  async #append(jobs: readonly AppendJob[]): Promise<AppendResult[]> {
    try {
      return await this.#appendTogether(jobs);
    } catch (thrown) {
      const failure = this.#describeFailure(thrown);
      const concernsAll = failure.kind === 'unavailable' || failure.kind === 'in-doubt';
      if (jobs.length === 1 || concernsAll) return jobs.map(() => ({ failure }));
    }
    const results: AppendResult[] = [];
    for (const job of jobs) results.push(...(await this.#append([job])));
    return results;
  }

  async #appendTogether(jobs: readonly AppendJob[]): Promise<AppendResult[]> {
    const { writer } = this.#requireLedger();
    await this.#begin();
    try {
      const results = jobs.map((job) => ({ firstSeq: writer.add(job) }));
      await this.#end();
      return results;
    } catch (thrown) {
      await this.#rollback();
      throw thrown;
    }
  }

  async #index(pages: PackedPages): Promise<void> {
    const collected = unpackPages(pages);
    const ledger = this.#requireLedger();
    await this.#begin();
    try {
      const hidden = hideValues(collected.values, ledger.keys);
      await insertValuePages(this.#connection.run, hidden);
      await insertTermPages(this.#connection.run, ledger.stream, collected);
      await this.#end();
    } catch (thrown) {
      await this.#rollback();
      throw thrown;
    }
  }

  async #begin(): Promise<void> {
    await this.#connection.begin();
    this.#mark = this.#ledger?.writer.mark();
  }

  async #commit(records: readonly WrittenRecord[]): Promise<number> {
    this.#requireTransaction();
    try {
      const firstSeq = records.length === 0 ? 0 : this.#requireLedger().writer.add({ records, effects: [] });
      await this.#end();
      return firstSeq;
    } catch (thrown) {
      await this.#rollback();
      throw thrown;
    }
  }

  async #end(): Promise<void> {
    const mark = this.#mark;
    try {
      await this.#connection.commit();
    } catch (thrown) {
      const isInDoubt = this.#describeFailure(thrown).kind === 'in-doubt';
      if (isInDoubt && mark && this.#ledger) {
        const { stream, writer } = this.#ledger;
        const firstSeq = firstSeqOf(stream) + mark.frontier.size;
        this.#doubt = { before: mark, after: writer.mark(), firstSeq };
      }
      throw thrown;
    }
    if (mark !== undefined && mark.frontier.size !== this.#ledger?.writer.size) this.#unsigned = true;
    this.#mark = undefined;
  }

  /** The engine may have rolled back by itself already, as on a full disk; the tree in memory follows in any case. */
  async #rollback(): Promise<void> {
    if (this.#mark !== undefined) this.#ledger?.writer.restore(this.#mark);
    this.#mark = undefined;
    if (this.#connection.inTransaction) await this.#connection.rollback();
  }

  async #close(): Promise<void> {
    if (this.#connection.inTransaction) await this.#rollback();
    try {
      if (this.needsCheckpoint) await this.checkpoint();
    } catch {
      // On a full disk, or without a connection: the next start signs what this one could not.
    }
    await this.#connection.close();
  }

  /** A full disk ends a transaction behind our back: what follows must not then be committed statement by statement. */
  #requireTransaction(): void {
    if (this.#connection.inTransaction) return;
    throw new StoreFailure({ kind: 'unavailable', message: 'the transaction is gone' });
  }

  #requireLedger(): Ledger {
    if (this.#ledger === undefined)
      throw new StoreFailure({ kind: 'unavailable', message: 'the ledger is not open' });
    return this.#ledger;
  }
}

function isSameTree(one: LedgerMark, other: LedgerMark): boolean {
  return one.frontier.size === other.frontier.size && equalBytes(one.frontier.root(), other.frontier.root());
}
