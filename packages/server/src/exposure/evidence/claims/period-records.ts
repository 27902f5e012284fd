import { AppError, type RecordKind } from '@countersign/api';
import type { Context } from '../../../context.ts';
import { findRecords, type StoredRecord } from '../../../ledger/index.ts';

/** Epoch milliseconds; `to` exclusive. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** The newest of a kind; of more than these only is said that there are more. */
export const mostOfKind = 2_000;
const pageSize = 500;
/** So many pages of a kind, however little of them is real. */
const mostPages = 12;
const longestMilliseconds = 120_000;

export interface Population {
  /** Newest first, without those of drills: nobody real did them. */
  readonly items: readonly StoredRecord[];
  readonly complete: boolean;
}

/** What is in the ledger of a period, read once for each kind, whoever asks how often. */
export class PeriodRecords {
  readonly #context: Context;
  readonly #startedAt: number;
  readonly #read = new Map<string, Promise<Population>>();
  readonly period: Period;

  constructor(context: Context, period: Period) {
    this.#context = context;
    this.#startedAt = context.platform.now();
    this.period = period;
  }

  /** Throws `exposure.evidence_too_long` rather than leave out what there was no time for. */
  of(kind: RecordKind): Promise<Population> {
    const known = this.#read.get(kind) ?? this.#readKind(kind);
    this.#read.set(kind, known);
    return known;
  }

  async #readKind(kind: RecordKind): Promise<Population> {
    const items: StoredRecord[] = [];
    const { from, to } = this.period;
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      if (this.#context.platform.now() - this.#startedAt > longestMilliseconds)
        throw new AppError('exposure.evidence_too_long');
      const search = { kind, from, to, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) };
      const found = await findRecords(this.#context, search);
      const real = found.items.filter(
        ({ drill }) => drill === undefined || kind === 'exposure.drill_finished',
      );
      const room = mostOfKind - items.length;
      items.push(...real.slice(0, room));
      if (found.next === null) return { items, complete: real.length <= room };
      if (items.length >= mostOfKind) break;
      cursor = found.next;
    }
    return { items, complete: false };
  }
}
