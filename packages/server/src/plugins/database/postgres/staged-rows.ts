import type { LedgerTables } from '../writing-connection.ts';
import { writeBytes, writeIntegers, writeTexts } from './write-array.ts';

/**
 * Adds everything that is staged in one statement, and nothing unless this gateway still is the one that may write
 * (`$1` is its epoch). Alone it is a whole transaction: one round trip, one commit, for as many calls as were waiting.
 */
export const addStagedRows = {
  name: 'countersign_add_staged_rows',
  text: `WITH fence AS MATERIALIZED (SELECT epoch FROM writer_fence WHERE epoch = $1 FOR UPDATE),
  entries AS (INSERT INTO ledger_entries (seq, id, kind, at, entry)
    SELECT * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[]) WHERE EXISTS (SELECT FROM fence)),
  payloads AS (INSERT INTO ledger_payloads (seq, salt, payload)
    SELECT * FROM unnest($2::bigint[], $7::bytea[], $8::text[]) WHERE EXISTS (SELECT FROM fence)),
  terms AS (INSERT INTO ledger_terms (term, seq)
    SELECT * FROM unnest($9::text[], $10::bigint[]) WHERE EXISTS (SELECT FROM fence)),
  nodes AS (INSERT INTO ledger_nodes (level, position, hash)
    SELECT * FROM unnest($11::bigint[], $12::bigint[], $13::bytea[]) WHERE EXISTS (SELECT FROM fence)),
  usage AS (INSERT INTO budgets (holder, calls, spend_minor)
    SELECT * FROM unnest($14::text[], $15::bigint[], $16::bigint[]) WHERE EXISTS (SELECT FROM fence)
    ON CONFLICT (holder) DO UPDATE SET calls = budgets.calls + excluded.calls, spend_minor = budgets.spend_minor + excluded.spend_minor),
  facts AS (INSERT INTO task_facts (task_id, fact, name, times)
    SELECT * FROM unnest($17::text[], $18::text[], $19::text[], $20::bigint[]) WHERE EXISTS (SELECT FROM fence)
    ON CONFLICT (task_id, fact, name) DO UPDATE SET times = task_facts.times + excluded.times)
  SELECT count(*) AS held FROM fence`,
} as const;

interface Usage {
  calls: number;
  spendMinor: number;
}

interface Fact {
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
  readonly #usage = new Map<string, Usage>();
  readonly #facts = new Map<string, Fact>();

  get isEmpty(): boolean {
    return this.#entries.length === 0 && this.#usage.size === 0 && this.#facts.size === 0;
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

  addUsage(holder: string, calls: number, spendMinor: number): void {
    const known = this.#usage.get(holder) ?? { calls: 0, spendMinor: 0 };
    this.#usage.set(holder, { calls: known.calls + calls, spendMinor: known.spendMinor + spendMinor });
  }

  addFact(task: string, fact: string, name: string): void {
    const key = JSON.stringify([task, fact, name]);
    const times = (this.#facts.get(key)?.times ?? 0) + 1;
    this.#facts.set(key, { task, fact, name, times });
  }

  /** The parameters of `addStagedRows`, from the second on. */
  write(): Buffer[] {
    const usage = [...this.#usage];
    const facts = [...this.#facts.values()];
    return [
      writeIntegers(this.#entries.map(([seq]) => seq)),
      writeTexts(this.#entries.map(([, id]) => id)),
      writeTexts(this.#entries.map(([, , kind]) => kind)),
      writeIntegers(this.#entries.map(([, , , at]) => at)),
      writeTexts(this.#entries.map(([, , , , entry]) => entry)),
      writeBytes(this.#payloads.map(([, salt]) => salt)),
      writeTexts(this.#payloads.map(([, , payload]) => payload)),
      writeTexts(this.#terms.map(([term]) => term)),
      writeIntegers(this.#terms.map(([, seq]) => seq)),
      writeIntegers(this.#nodes.map(([level]) => level)),
      writeIntegers(this.#nodes.map(([, position]) => position)),
      writeBytes(this.#nodes.map(([, , hash]) => hash)),
      writeTexts(usage.map(([holder]) => holder)),
      writeIntegers(usage.map(([, { calls }]) => calls)),
      writeIntegers(usage.map(([, { spendMinor }]) => spendMinor)),
      writeTexts(facts.map(({ task }) => task)),
      writeTexts(facts.map(({ fact }) => fact)),
      writeTexts(facts.map(({ name }) => name)),
      writeIntegers(facts.map(({ times }) => times)),
    ];
  }

  clear(): void {
    this.#entries = [];
    this.#payloads = [];
    this.#terms = [];
    this.#nodes = [];
    this.#usage.clear();
    this.#facts.clear();
  }
}
