import { createHmac } from 'node:crypto';
import type { LedgerRecord } from '@countersign/api';
import type { Context } from '../../context.ts';
import { RecentMap } from '../../platform/recent-map.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Assigned } from './assign-piece.ts';
import type { Operation } from './conventions/names.ts';
import { describePiece } from './describe-piece.ts';
import type { RedactTold } from './redact-told.ts';
import type { ToldPiece } from './told-piece.ts';

export interface TakenPiece {
  readonly piece: ToldPiece;
  readonly operation: Operation;
  readonly assigned: Assigned;
}

const piecesAtOnce = 64;
const mostTexts = 20_000;
const mostRecent = 50_000;
const keyPurpose = 'keys of told pieces';

/** Writes what is told, each piece of a source once, however often and in whatever order it comes. */
export class ToldWriter {
  readonly #context: Pick<Context, 'platform' | 'store'>;
  readonly #key: Uint8Array;
  /** The record that has a text, by agent, task or trace, and digest. */
  #texts = new RecentMap<string>(mostTexts);
  /** The number of the last erasure when the texts were written down; what is erased is named by nobody any more. */
  #erasures = 0;
  /** Keys written lately: a repeated export costs no write. */
  readonly #recent = new RecentMap<true>(mostRecent);

  constructor(context: Pick<Context, 'masterKey' | 'platform' | 'store'>) {
    this.#context = context;
    this.#key = context.masterKey.derive(keyPurpose);
  }

  /** How many of them were there already. Durable when it resolves. */
  async write(source: string, pieces: readonly TakenPiece[], redact: RedactTold): Promise<number> {
    const fresh = new Map<string, TakenPiece>();
    for (const taken of pieces) {
      const key = this.#keyOf(source, taken);
      if (this.#recent.get(key) === undefined) fresh.set(key, fresh.get(key) ?? taken);
    }
    let written = 0;
    const all = [...fresh];
    for (let at = 0; at < all.length; at += piecesAtOnce)
      written += await this.#writeSome(source, all.slice(at, at + piecesAtOnce), redact);
    return pieces.length - written;
  }

  async #writeSome(
    source: string,
    pieces: readonly (readonly [string, TakenPiece])[],
    redact: RedactTold,
  ): Promise<number> {
    const { platform, store } = this.#context;
    const at = platform.now();
    // Outside the transaction, which has the store to itself.
    const make = () =>
      pieces.map(([key, taken]) => ({ key, ...this.#makeRecord(source, taken, { at, redact }) }));
    let made = make();
    let erasures = this.#erasures;
    const inserted = await store.transaction(async (tx) => {
      erasures = await findLastErasure(tx);
      if (erasures !== this.#erasures) {
        this.#erasures = erasures;
        this.#texts = new RecentMap(mostTexts);
        made = make();
      }
      const rows = await tx.sql
        .insertInto('told_pieces')
        .values(made.map(({ key }) => ({ key, at })))
        .onConflict((conflict) => conflict.column('key').doNothing())
        .returning('key')
        .execute();
      const keys = new Set(rows.map(({ key }) => key));
      for (const { key, record } of made) if (keys.has(key)) tx.record(record);
      return keys;
    });
    for (const { key, record, texts } of made) {
      this.#recent.add(key, true);
      // Another erasure may have come since.
      if (inserted.has(key) && erasures === this.#erasures)
        for (const text of texts) this.#texts.add(text, record.id);
    }
    return inserted.size;
  }

  #makeRecord(
    source: string,
    { piece, operation, assigned: { agent, task } }: TakenPiece,
    { at, redact }: { readonly at: number; readonly redact: RedactTold },
  ): { readonly record: LedgerRecord; readonly texts: readonly string[] } {
    const place = `${agent} ${task?.id ?? piece.trace ?? ''}`;
    const find = (digest: string) => this.#texts.get(`${place} ${digest}`);
    const { body, toolCall, texts } = describePiece(piece, operation, { redact, find });
    const record: LedgerRecord = {
      id: this.#context.platform.newId('rec'),
      kind: 'task.span_told',
      at,
      causes: task?.opened == null ? [] : [task.opened],
      agent,
      body: { ...body, source },
      ...(task === null ? {} : { person: task.person, task: task.id }),
      ...(toolCall === undefined ? {} : { toolCall }),
      ...(piece.trace === null ? {} : { trace: piece.trace }),
    };
    return { record, texts: texts.map((digest) => `${place} ${digest}`) };
  }

  /**
   * A span is known by its ids; a log record, which has none, by all that it says. Under a key: a digest that anybody can
   * make would tell, after an erasure, whether a guess is what was said.
   */
  #keyOf(source: string, { piece, assigned: { agent } }: TakenPiece): string {
    const { signal, trace, span, parentSpan, name, start, body } = piece;
    const known =
      signal === 'span' && trace !== null && span !== null
        ? [source, agent, trace, span]
        : [source, agent, signal, trace, span, parentSpan, name, start, body, [...piece.attributes]];
    return createHmac('sha256', this.#key).update(JSON.stringify(known)).digest('base64url');
  }
}

async function findLastErasure({ sql }: Transaction): Promise<number> {
  const last = await sql
    .selectFrom('ledger_erasures')
    .select('number')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.number ?? 0;
}
