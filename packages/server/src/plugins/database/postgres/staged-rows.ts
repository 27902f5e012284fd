import type { CountEffect, FactEffect, UsageEffect } from '../database.ts';
import { type StoredOrder, writeOrder } from '../write-order.ts';
import type { LedgerTables } from '../writing-connection.ts';
import { writeBytes, writeIntegers, writeTexts } from './write-array.ts';

interface Fact extends StoredOrder {
  readonly task: string;
  readonly fact: string;
  readonly name: string;
  readonly times: number;
}

/** Rows of the open transaction that have not been sent yet, column by column. */
export class StagedRows implements LedgerTables {
  #entries: Parameters<LedgerTables['addEntry']>[] = [];
  #payloads: Parameters<LedgerTables['addPayload']>[] = [];
  #terms: Parameters<LedgerTables['addTerm']>[] = [];
  #nodes: Parameters<LedgerTables['addNode']>[] = [];
  /** One row a holder: a statement may change each row once only. */
  readonly #usage = new Map<string, Required<UsageEffect>>();
  /** One row a counter, for the same reason. */
  readonly #counts = new Map<string, CountEffect>();
  readonly #facts = new Map<string, Fact>();

  get isEmpty(): boolean {
    const changes = this.#usage.size + this.#counts.size + this.#facts.size;
    return this.#entries.length + changes === 0;
  }

  addEntry(...row: Parameters<LedgerTables['addEntry']>): void {
    this.#entries.push(row);
  }

  addPayload(...row: Parameters<LedgerTables['addPayload']>): void {
    this.#payloads.push(row);
  }

  addTerm(...row: Parameters<LedgerTables['addTerm']>): void {
    this.#terms.push(row);
  }

  addNode(...row: Parameters<LedgerTables['addNode']>): void {
    this.#nodes.push(row);
  }

  addUsage({ kind, holder, calls, spendMinor, rows = 0, bytes = 0 }: UsageEffect): void {
    const known = this.#usage.get(holder);
    this.#usage.set(holder, {
      kind,
      holder,
      calls: calls + (known?.calls ?? 0),
      spendMinor: spendMinor + (known?.spendMinor ?? 0),
      rows: rows + (known?.rows ?? 0),
      bytes: bytes + (known?.bytes ?? 0),
    });
  }

  addCount(count: CountEffect): void {
    const { policyId, per, subject, unit, windowSeconds } = count;
    const name = JSON.stringify([policyId, per, subject, unit, windowSeconds]);
    const known = this.#counts.get(name);
    if (known === undefined || count.startsAt > known.startsAt) this.#counts.set(name, count);
    else if (count.startsAt === known.startsAt)
      this.#counts.set(name, { ...count, amount: known.amount + count.amount });
  }

  addFact(effect: FactEffect): void {
    const { task, fact, name } = effect;
    const key = JSON.stringify([task, fact, name]);
    const order = writeOrder(effect);
    const known = this.#facts.get(key);
    const all = known === undefined ? order : foldOrders(known, order);
    this.#facts.set(key, { task, fact, name, times: (known?.times ?? 0) + 1, ...all });
  }

  /** The parameters of the statement that adds them, from the third on. */
  write(): Buffer[] {
    // In one order, so that no two gateways wait for each other's rows.
    const usage = inOrder(this.#usage);
    const counts = inOrder(this.#counts);
    const facts = inOrder(this.#facts);
    return [
      writeIntegers(this.#entries.map(([seq]) => seq)),
      writeTexts(this.#entries.map(([, id]) => id)),
      writeTexts(this.#entries.map(([, , kind]) => kind)),
      writeIntegers(this.#entries.map(([, , , at]) => at)),
      writeTexts(this.#entries.map(([, , , , entry]) => entry)),
      writeBytes(this.#payloads.map(([, sealed]) => sealed)),
      writeTexts(this.#terms.map(([term]) => term)),
      writeIntegers(this.#terms.map(([, seq]) => seq)),
      writeIntegers(this.#nodes.map(([level]) => level)),
      writeIntegers(this.#nodes.map(([, position]) => position)),
      writeBytes(this.#nodes.map(([, , hash]) => hash)),
      writeTexts(usage.map(({ holder }) => holder)),
      writeIntegers(usage.map(({ calls }) => calls)),
      writeIntegers(usage.map(({ spendMinor }) => spendMinor)),
      writeIntegers(usage.map(({ rows }) => rows)),
      writeIntegers(usage.map(({ bytes }) => bytes)),
      writeTexts(counts.map(({ policyId }) => policyId)),
      writeTexts(counts.map(({ per }) => per)),
      writeTexts(counts.map(({ subject }) => subject)),
      writeTexts(counts.map(({ unit }) => unit)),
      writeIntegers(counts.map(({ windowSeconds }) => windowSeconds)),
      writeIntegers(counts.map(({ startsAt }) => startsAt)),
      writeIntegers(counts.map(({ amount }) => amount)),
      writeTexts(facts.map(({ task }) => task)),
      writeTexts(facts.map(({ fact }) => fact)),
      writeTexts(facts.map(({ name }) => name)),
      writeIntegers(facts.map(({ times }) => times)),
      writeIntegers(facts.map(({ last }) => last)),
      writeIntegers(facts.map(({ lastAt }) => lastAt)),
      writeIntegers(facts.map(({ completed }) => completed)),
      writeIntegers(facts.map(({ completedAt }) => completedAt)),
    ];
  }

  clear(): void {
    this.#entries = [];
    this.#payloads = [];
    this.#terms = [];
    this.#nodes = [];
    this.#usage.clear();
    this.#facts.clear();
    this.#counts.clear();
  }
}

function inOrder<T>(rows: ReadonlyMap<string, T>): T[] {
  return [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

/** What one row would say after both, one after the other. */
function foldOrders(earlier: StoredOrder, later: StoredOrder): StoredOrder {
  return {
    last: later.last === 0 ? 0 : Math.max(earlier.last, later.last),
    lastAt: Math.max(earlier.lastAt, later.lastAt),
    completed: Math.max(earlier.completed, later.completed),
    completedAt: Math.max(earlier.completedAt, later.completedAt),
  };
}
